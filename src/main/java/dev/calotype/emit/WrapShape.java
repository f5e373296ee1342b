package dev.calotype.emit;

/** What linkers do with a wrapped payload. */
public enum WrapShape {
  /**
   * Archives and objects carry it, linkers leave it out of what they link: ELF {@code SHF_EXCLUDE},
   * COFF {@code IMAGE_SCN_LNK_REMOVE}, Mach-O {@code S_ATTR_DEBUG} in segment {@code __DWARF}.
   */
  CARRIED("carried"),

  /** Linkers keep it in what they link, and a global symbol names it. No loader maps it in ELF. */
  KEPT("kept"),

  /**
   * Linkers keep it and loaders map it, found by its place in the headers instead of a symbol: ELF
   * {@code SHT_NOTE}, which becomes a {@code PT_NOTE}; in Mach-O a section of {@code __TEXT} that
   * is never stripped; in COFF read-only data.
   */
  NOTE("note");

  private final String id;

  WrapShape(String id) {
    this.id = id;
  }

  /** The shape's name in JSON output. */
  public String id() {
    return id;
  }
}
