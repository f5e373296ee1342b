package dev.calotype.cli;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The answer of a check in the words of the command line.
 *
 * @param validity the answer; closing this closes it
 * @param isCode whether the file was taken for a code object
 */
record Verdict(Validity validity, boolean isCode) implements AutoCloseable {

  private static final int DIGEST_DIGITS = 64;
  private static final int SHORT_DIGITS = 12;

  /** Checks a file as what its content says it is. */
  static Verdict check(Path path, Expectations expectations, LongConsumer progress)
      throws IOException {
    Validity data = DataFile.check(path, expectations, progress);
    boolean mayBeCode = data instanceof Validity.Foreign || isEmptyCode(path, data);
    if (!mayBeCode) {
      return new Verdict(data, false);
    }
    Validity code = checkCode(path, expectations, expectations.dataId(), progress).validity;
    boolean isData =
        code instanceof Validity.Foreign
            && (!(data instanceof Validity.Foreign other) || isOtherVersion(other));
    return isData ? new Verdict(data, false) : new Verdict(code, true);
  }

  /** Checks a file as a data file. */
  static Verdict checkData(Path path, Expectations expectations, LongConsumer progress)
      throws IOException {
    return new Verdict(DataFile.check(path, expectations, progress), false);
  }

  /** The same, asking for nothing. */
  static Verdict checkData(Path path, Tier tier, LongConsumer progress) throws IOException {
    return checkData(path, Expectations.none().withTier(tier), progress);
  }

  /**
   * Checks a code object, which must belong to {@code data} if that is known. Of what is asked, it
   * is asked for what a code object records; linked code also for this machine, unless another is
   * asked for.
   */
  static Verdict checkCode(
      Path path, Expectations asked, Optional<DataId> data, LongConsumer progress)
      throws IOException {
    Expectations expectations = Expectations.none().withTier(asked.tier());
    Optional<String> target = asked.target();
    if (CodeObject.readNote(path).filter(LinkedNote.class::isInstance).isPresent()) {
      expectations = asked.pageSize().isPresent() ? asked : asked.withHost(Host.current());
    }
    if (target.isPresent()) {
      expectations = expectations.withTarget(target.get());
    }
    if (data.isPresent()) {
      expectations = expectations.withDataId(data.get());
    }
    return new Verdict(CodeObject.check(path, expectations, progress), true);
  }

  /** The same, asking for nothing. */
  static Verdict checkCode(Path path, Tier tier, Optional<DataId> data, LongConsumer progress)
      throws IOException {
    return checkCode(path, Expectations.none().withTier(tier), data, progress);
  }

  /** An answer about a data file. */
  static Verdict of(Validity validity) {
    return new Verdict(validity, false);
  }

  /** The verdict's stable name. */
  String word() {
    return kind().word;
  }

  /** The name of the tier that produced it. */
  String tier() {
    return validity.tier().id();
  }

  ExitCode code() {
    return kind().code;
  }

  /** The content that a fresh file has, or that it belongs to. */
  Optional<DataId> dataId() {
    if (validity instanceof Validity.Fresh fresh) {
      return Optional.of(fresh.data().id());
    }
    return validity instanceof Validity.FreshCode fresh
        ? Optional.of(fresh.code().note().dataId())
        : Optional.empty();
  }

  /** Which of the answers it is. */
  enum Kind {
    FRESH("fresh", ExitCode.DONE),
    STALE("stale", ExitCode.STALE),
    DAMAGED("damaged", ExitCode.DAMAGED),
    FOREIGN("foreign", ExitCode.FOREIGN),
    ABSENT("absent", ExitCode.STALE);

    private final String word;
    private final ExitCode code;

    Kind(String word, ExitCode code) {
      this.word = word;
      this.code = code;
    }
  }

  /** No switch over the answer's type: the first one costs milliseconds at start-up. */
  Kind kind() {
    if (validity instanceof Validity.Stale) {
      return Kind.STALE;
    }
    if (validity instanceof Validity.Damaged) {
      return Kind.DAMAGED;
    }
    if (validity instanceof Validity.Foreign) {
      return Kind.FOREIGN;
    }
    return validity instanceof Validity.Absent ? Kind.ABSENT : Kind.FRESH;
  }

  /** One sentence on what to do; empty if nothing is. */
  String advice() {
    return switch (kind()) {
      case FRESH -> "";
      case STALE ->
          isOtherHalf()
              ? "The halves are of different splits: take the code object that was written with"
                  + " this data file, or split the image again."
              : staleAdvice();
      case DAMAGED ->
          "Don't use it: restore it from a copy, or split the image again with --force.";
      case FOREIGN -> "Give it what split writes: a data file (.ji) or a code object (.code).";
      case ABSENT -> "There is no such file: correct the name, or split the image.";
    };
  }

  private String staleAdvice() {
    boolean input = false;
    boolean feature = false;
    boolean root = false;
    boolean unsealed = false;
    for (Cause cause : ((Validity.Stale) validity).causes()) {
      String id = cause.id();
      root |= id.startsWith("root-");
      input |= id.startsWith("input-");
      feature |= id.equals("feature") || id.equals("page-size");
      unsealed |= id.equals("unsealed");
    }
    if (root) {
      return "Say where the roots of its inputs are, with --root NAME=DIR.";
    }
    if (feature) {
      return "Use it on a host that has what it needs, or make it again for this one.";
    }
    if (unsealed) {
      return "Seal it when it is finished: calotype seal " + Text.escape(validity.file() + ".");
    }
    return input
        ? "Make the file again, from its inputs as they are now."
        : "Make the file again, with what is expected.";
  }

  /** The answer as a failure of work that needs a fresh file. */
  Failure failure() {
    String file = validity.file().toString();
    return switch (validity) {
      case Validity.Damaged bad ->
          Failure.of(
              file,
              "damaged: %s at offset %s: %s"
                  .formatted(bad.structure(), Text.hex(bad.offset()), bad.reason()),
              ExitCode.DAMAGED);
      case Validity.Stale stale -> Failure.of(file, "stale: " + causes(stale), ExitCode.STALE);
      case Validity.Foreign foreign ->
          Failure.of(
              file,
              isCode
                  ? "not a code object: it is " + foreign.found()
                  : "not a data file"
                      + (isOtherVersion(foreign)
                          ? " for this version: it is " + foreign.found()
                          : ""),
              ExitCode.FOREIGN);
      case Validity.Absent _ -> Failure.of(file, "no such file", ExitCode.IO);
      case Validity.Fresh _, Validity.FreshCode _ ->
          throw new IllegalStateException(file + " is fresh");
    };
  }

  /** A cause's value as people compare it: an id by its first digits, after what it is of. */
  static String readable(Cause cause, String value) {
    String text =
        isDigest(value) ? value.substring(0, SHORT_DIGITS) : value.isEmpty() ? "nothing" : value;
    boolean named = !cause.subject().isEmpty() && cause.code() != Cause.Code.OWN;
    return named ? cause.subject() + ": " + text : text;
  }

  @Override
  public void close() throws IOException {
    validity.close();
  }

  /** Whether the file is a data file all the same, of a version that is not read here. */
  static boolean isOtherVersion(Validity.Foreign foreign) {
    return foreign.kind() != UnsupportedFormatException.Kind.OTHER_FORMAT;
  }

  /** An empty file may be what is left of either half; its name is all there is to go by. */
  private static boolean isEmptyCode(Path path, Validity data) {
    return data instanceof Validity.Damaged bad
        && bad.offset() == 0
        && path.toString().endsWith(".code");
  }

  private static boolean isDigest(String value) {
    return value.length() == DIGEST_DIGITS
        && value.chars().allMatch(c -> Character.digit(c, 16) >= 0);
  }

  private boolean isOtherHalf() {
    return validity instanceof Validity.Stale stale
        && stale.causes().stream().anyMatch(cause -> cause.code() == Cause.Code.CODE_DATA_ID);
  }

  private static String causes(Validity.Stale stale) {
    StringBuilder text = new StringBuilder();
    for (Cause cause : stale.causes()) {
      text.append(text.isEmpty() ? "" : "; ")
          .append(cause.id())
          .append(" is ")
          .append(readable(cause, cause.actual()))
          .append(", expected ")
          .append(readable(cause, cause.expected()));
    }
    return text.toString();
  }
}
