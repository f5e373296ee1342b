package dev.calotype;

import java.io.Serial;

/**
 * A file changed while it was being read, so that nothing decided from it may be used. A mapped
 * file that shrinks is the usual cause.
 */
public final class FileChangedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String file;

  /**
   * Says how the file changed.
   *
   * @param file the file's name as the user knows it
   * @param change what happened, as a phrase: {@code shrank from 4096 to 100 bytes}
   */
  public FileChangedException(String file, String change) {
    super("%s: %s while it was being read".formatted(file, change));
    this.file = file;
  }

  /** The file's name as given by whoever opened it. */
  public String file() {
    return file;
  }
}
