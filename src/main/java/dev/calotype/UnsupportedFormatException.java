package dev.calotype;

import java.io.Serial;

/** A file is well formed as far as it was read, but of a kind that Calotype does not read. */
public final class UnsupportedFormatException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** How a file is unsupported. */
  public enum Kind {
    /** It is of a format that is not read here. */
    OTHER_FORMAT,
    /** It is of a version of a format of ours that is not read any more. */
    TOO_OLD,
    /** It is of a later version of a format of ours. */
    TOO_NEW
  }

  private final String file;
  private final String found;
  private final Kind kind;

  /**
   * Says what the file is instead.
   *
   * @param file the file's name as the user knows it
   * @param found what was found, as a phrase: {@code a 32-bit ELF file}
   */
  public UnsupportedFormatException(String file, String found) {
    this(file, found, Kind.OTHER_FORMAT);
  }

  /**
   * The same of a version of a format of ours.
   *
   * @param kind whether it is too old or too new
   */
  public UnsupportedFormatException(String file, String found, Kind kind) {
    super("%s: %s is not supported".formatted(file, found));
    this.file = file;
    this.found = found;
    this.kind = kind;
  }

  /** The file's name as given by whoever opened it. */
  public String file() {
    return file;
  }

  /** What was found, as a phrase. */
  public String found() {
    return found;
  }

  /** Whether it is another format, or another version of one of ours. */
  public Kind kind() {
    return kind;
  }
}
