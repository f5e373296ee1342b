package dev.calotype.image;

/** The format of a native file. */
public enum Format {
  /** Executable and Linkable Format, as on Linux and the BSDs. */
  ELF("elf", "ELF"),

  /** Mach object, as on macOS. */
  MACHO("macho", "Mach-O"),

  /** Common Object File Format: what compilers write for Windows. */
  COFF("coff", "COFF"),

  /** Portable Executable: what Windows loads. */
  PE("pe", "PE"),

  /** A container of Mach-O files or archives for several processors, also called universal. */
  FAT("fat", "fat Mach-O"),

  /** A container of named files, usually objects: what {@code ar} and {@code lib} write. */
  ARCHIVE("archive", "archive");

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
