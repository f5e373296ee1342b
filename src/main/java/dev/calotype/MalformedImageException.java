package dev.calotype;

import java.io.Serial;

/**
 * A native image, a file of Calotype's own or one that it imports breaks the rules of its format.
 * The reading rooms throw nothing else for bad bytes, whatever the bytes are.
 */
public final class MalformedImageException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String file;
  private final String structure;
  private final long offset;
  private final String actual;
  private final String expected;

  /**
   * Says what is wrong and where.
   *
   * @param file the file's name as the user knows it
   * @param structure the structure that was being read, in the format's own words
   * @param offset where the offending bytes are, in bytes from the start of the file
   * @param actual what was found
   * @param expected what the format asks for
   */
  public MalformedImageException(
      String file, String structure, long offset, String actual, String expected) {
    super(
        "%s: %s at offset 0x%x: %s, expected %s"
            .formatted(file, structure, offset, actual, expected));
    this.file = file;
    this.structure = structure;
    this.offset = offset;
    this.actual = actual;
    this.expected = expected;
  }

  /** The file's name as given by whoever opened it. */
  public String file() {
    return file;
  }

  /** The structure that was being read, for example {@code section header 7}. */
  public String structure() {
    return structure;
  }

  /** Where the offending bytes are, in bytes from the start of the file. */
  public long offset() {
    return offset;
  }

  /** What was found. */
  public String actual() {
    return actual;
  }

  /** What the format asks for. */
  public String expected() {
    return expected;
  }
}
