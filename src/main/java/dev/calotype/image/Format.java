package dev.calotype.image;

/** The format of a native image. */
public enum Format {
  /** Executable and Linkable Format, as on Linux and the BSDs. */
  ELF("elf", "ELF");

  private final String id;
  private final String title;

  Format(String id, String title) {
    this.id = id;
    this.title = title;
  }

  /** The format's name in JSON output. */
  public String id() {
    return id;
  }

  /** The format's name as people write it. */
  public String title() {
    return title;
  }
}
