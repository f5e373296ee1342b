package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What became of the code objects of a set: see {@link CodeSet#pick}. Owns the file of the best
 * one; close it when done.
 *
 * @param best the best of those that fit, open
 * @param others the files of the others that fit, the better one first; closed
 * @param rejected the answers about those that do not fit, by file name: stale with all causes,
 *     damaged, or foreign
 */
public record CodeChoice(
    Optional<Validity.FreshCode> best, List<Path> others, List<Validity> rejected)
    implements AutoCloseable {

  /** Copies the lists. */
  public CodeChoice {
    others = List.copyOf(others);
    rejected = List.copyOf(rejected);
  }

  @Override
  public void close() throws IOException {
    if (best.isPresent()) {
      best.get().close();
    }
  }

  /** Sorts answers, which come by file name. */
  static CodeChoice of(List<Validity> answers, Map<String, String> wanted) throws IOException {
    List<Validity.FreshCode> fitting = new ArrayList<>();
    List<Validity> rejected = new ArrayList<>();
    for (Validity answer : answers) {
      // A switch over types costs a JVM milliseconds when it first comes there.
      if (answer instanceof Validity.FreshCode fresh) {
        fitting.add(fresh);
      } else {
        rejected.add(answer);
      }
    }
    // Stable, so that equals stay by file name.
    fitting.sort(new CodePreference(wanted));
    close(fitting.subList(Math.min(1, fitting.size()), fitting.size()));
    return new CodeChoice(
        fitting.stream().findFirst(),
        fitting.stream().skip(1).map(Validity.FreshCode::file).toList(),
        rejected);
  }

  static void close(List<? extends Validity> answers) throws IOException {
    IOException failure = null;
    for (Validity answer : answers) {
      try {
        answer.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** The exception that stands for an answer that is not fresh. */
  static RuntimeException refusal(Validity validity) throws NoSuchFileException {
    String file = validity.file().toString();
    return switch (validity) {
      case Validity.Absent _ -> throw new NoSuchFileException(file);
      case Validity.Damaged bad ->
          new MalformedImageException(
              file, bad.structure(), bad.offset(), bad.reason(), "the bytes that were sealed");
      case Validity.Foreign foreign ->
          new UnsupportedFormatException(file, foreign.found(), foreign.kind());
      case Validity.Stale stale ->
          new RefusedException(
              file,
              stale.causes().stream()
                  .map(cause ->
                      "%s: expected %s, not %s"
                          .formatted(cause.id(), cause.expected(), cause.actual()))
                  .collect(Collectors.joining("; ")));
      default -> new RefusedException(file, "it is no code object");
    };
  }
}
