package dev.calotype.ji;

import dev.calotype.UnsupportedFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The answer of a check. A {@link Fresh} or {@link FreshCode} answer owns the open file; close the
 * answer, whichever it is, when done.
 */
public sealed interface Validity extends AutoCloseable {
  /** The file that was checked. */
  Path file();

  /**
   * The tier that produced the answer: the one asked for, or a higher one where that was needed.
   */
  Tier tier();

  @Override
  default void close() throws IOException {}

  /**
   * A data file that may be used.
   *
   * @param file the file that was checked
   * @param tier the tier that produced the answer
   * @param data the very file that was checked, open
   */
  record Fresh(Path file, Tier tier, DataFile data) implements Validity {
    @Override
    public void close() throws IOException {
      data.close();
    }
  }

  /**
   * A code object that may be used.
   *
   * @param file the file that was checked
   * @param tier the tier that produced the answer
   * @param code the very file that was checked, open
   */
  record FreshCode(Path file, Tier tier, CodeObject code) implements Validity {
    @Override
    public void close() throws IOException {
      code.close();
    }
  }

  /**
   * Whole, but not what was asked for.
   *
   * @param file the file that was checked
   * @param tier the tier that produced the answer
   * @param causes every reason, at least one
   */
  record Stale(Path file, Tier tier, List<Cause> causes) implements Validity {
    /** Copies the list. */
    public Stale {
      causes = List.copyOf(causes);
    }
  }

  /**
   * Of our format, but bytes are wrong or missing.
   *
   * @param file the file that was checked
   * @param tier the tier that produced the answer
   * @param structure what is damaged
   * @param offset where that is, in bytes from the start of the file; digests locate damage to the
   *     start of a chunk of at most 1 MiB
   * @param reason what was found and expected, as a clause
   */
  record Damaged(Path file, Tier tier, String structure, long offset, String reason)
      implements Validity {}

  /**
   * Not a file that this version of Calotype reads.
   *
   * @param file the file that was checked
   * @param tier the tier that produced the answer
   * @param kind whether it is another format, or another version of ours
   * @param found what it is instead, as a phrase
   */
  record Foreign(Path file, Tier tier, UnsupportedFormatException.Kind kind, String found)
      implements Validity {}

  /**
   * There is no such file.
   *
   * @param file the file that was asked for
   * @param tier the tier that produced the answer
   */
  record Absent(Path file, Tier tier) implements Validity {}
}
