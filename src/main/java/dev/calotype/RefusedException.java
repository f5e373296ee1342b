package dev.calotype;

import java.io.Serial;
import java.util.List;

/** Work that was asked for can't be done on this input; nothing has been written. */
public final class RefusedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String file;
  private final String reason;

  @SuppressWarnings("serial") // An immutable list, which is serializable.
  private final List<String> details;

  /**
   * Says why.
   *
   * @param file the input's name as the user knows it
   * @param reason why not, as a clause: {@code section .data is writable}
   */
  public RefusedException(String file, String reason) {
    this(file, reason, List.of());
  }

  /**
   * Says why, and where.
   *
   * @param details what in the input is in the way, each as a line
   */
  public RefusedException(String file, String reason, List<String> details) {
    super("%s: %s".formatted(file, reason));
    this.file = file;
    this.reason = reason;
    this.details = List.copyOf(details);
  }

  /** The input's name as given by whoever opened it. */
  public String file() {
    return file;
  }

  /** Why not, as a clause. */
  public String reason() {
    return reason;
  }

  /** What in the input is in the way, each as a line; empty if the reason says it all. */
  public List<String> details() {
    return details;
  }
}
