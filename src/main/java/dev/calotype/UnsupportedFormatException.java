package dev.calotype;

import java.io.Serial;

/** A file is well formed as far as it was read, but of a kind that Calotype does not read. */
public final class UnsupportedFormatException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String file;
  private final String found;

  /**
   * Says what the file is instead.
   *
   * @param file the file's name as the user knows it
   * @param found what was found, as a phrase: {@code a 32-bit ELF file}
   */
  public UnsupportedFormatException(String file, String found) {
    super("%s: %s is not supported".formatted(file, found));
    this.file = file;
    this.found = found;
  }

  /** The file's name as given by whoever opened it. */
  public String file() {
    return file;
  }

  /** What was found, as a phrase. */
  public String found() {
    return found;
  }
}
