package dev.calotype.split;

import java.io.Serial;

/** A linker ended with an error; nothing was published. */
public final class LinkerFailedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String file;
  private final String reason;
  private final String output;

  /**
   * Says which linker and how.
   *
   * @param file what was to be linked, as the user knows it
   * @param reason a clause: the linker's name, its exit code, the line that tells most
   * @param output what it wrote to its standard streams, as far as it was kept
   */
  LinkerFailedException(String file, String reason, String output) {
    super("%s: %s".formatted(file, reason));
    this.file = file;
    this.reason = reason;
    this.output = output;
  }

  /** What was to be linked. */
  public String file() {
    return file;
  }

  /** The linker's name, its exit code, and the line of its output that tells most. */
  public String reason() {
    return reason;
  }

  /** All that the linker wrote, up to 64 KiB; lines end with a newline. */
  public String output() {
    return output;
  }
}
