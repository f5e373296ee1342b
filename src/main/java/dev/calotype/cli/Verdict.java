package dev.calotype.cli;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
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

  /** Checks a file as what its content says it is. */
  static Verdict check(Path path, Tier tier, LongConsumer progress) throws IOException {
    Expectations expectations = Expectations.none().withTier(tier);
    Validity data = DataFile.check(path, expectations, progress);
    boolean mayBeCode = data instanceof Validity.Foreign || isEmptyCode(path, data);
    if (!mayBeCode) {
      return new Verdict(data, false);
    }
    Validity code = CodeObject.check(path, expectations, progress);
    boolean isData =
        code instanceof Validity.Foreign
            && (!(data instanceof Validity.Foreign other) || isOtherVersion(other));
    return isData ? new Verdict(data, false) : new Verdict(code, true);
  }

  /** Checks a file as a data file. */
  static Verdict checkData(Path path, Tier tier, LongConsumer progress) throws IOException {
    return new Verdict(DataFile.check(path, Expectations.none().withTier(tier), progress), false);
  }

  /** Checks a code object, which must belong to {@code data} if that is known. */
  static Verdict checkCode(Path path, Tier tier, Optional<DataId> data, LongConsumer progress)
      throws IOException {
    Expectations expectations = Expectations.none().withTier(tier);
    return new Verdict(
        CodeObject.check(path, data.map(expectations::withDataId).orElse(expectations), progress),
        true);
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
              : "Make the file again, with what is expected.";
      case DAMAGED ->
          "Don't use it: restore it from a copy, or split the image again with --force.";
      case FOREIGN -> "Give it what split writes: a data file (.ji) or a code object (.code).";
      case ABSENT -> "There is no such file: correct the name, or split the image.";
    };
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

  /** A cause's value as people compare it: an id by its first digits. */
  static String readable(Cause.Code code, String value) {
    return switch (code) {
      case DATA_ID, CODE_DATA_ID -> new DataId(value).shortHex();
      default -> value.isEmpty() ? "nothing" : value;
    };
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

  private boolean isOtherHalf() {
    return validity instanceof Validity.Stale stale
        && stale.causes().stream().anyMatch(cause -> cause.code() == Cause.Code.CODE_DATA_ID);
  }

  private static String causes(Validity.Stale stale) {
    StringBuilder text = new StringBuilder();
    for (Cause cause : stale.causes()) {
      text.append(text.isEmpty() ? "" : "; ")
          .append(cause.code().id())
          .append(" is ")
          .append(readable(cause.code(), cause.actual()))
          .append(", expected ")
          .append(readable(cause.code(), cause.expected()));
    }
    return text.toString();
  }
}
