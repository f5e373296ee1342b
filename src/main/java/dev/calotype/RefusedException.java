package dev.calotype;

import java.io.Serial;

/** Work that was asked for can't be done on this input; nothing has been written. */
public final class RefusedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String file;
  private final String reason;

  /**
   * Says why.
   *
   * @param file the input's name as the user knows it
   * @param reason why not, as a clause: {@code section .data is writable}
   */
  public RefusedException(String file, String reason) {
    super("%s: %s".formatted(file, reason));
    this.file = file;
    this.reason = reason;
  }

  /** The input's name as given by whoever opened it. */
  public String file() {
    return file;
  }

  /** Why not, as a clause. */
  public String reason() {
    return reason;
  }
}
