package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;

/**
 * The COFF file header of an object or, after its signature, of an image (PE/COFF, "COFF File
 * Header"), or the larger one of objects with more than 65,279 sections ({@code
 * ANON_OBJECT_HEADER_BIGOBJ}). The tables it points to are checked when they are read.
 *
 * @param isBig whether it is the larger one
 * @param machine {@code Machine}
 * @param sectionCount {@code NumberOfSections}
 * @param timeDateStamp {@code TimeDateStamp}
 * @param symbolTable {@code PointerToSymbolTable}
 * @param symbolCount {@code NumberOfSymbols}, auxiliary records included
 * @param characteristics {@code Characteristics}; 0 in the larger one, which has none
 * @param sectionTable where the section headers start
 */
record CoffHeader(
    boolean isBig,
    int machine,
    long sectionCount,
    long timeDateStamp,
    long symbolTable,
    long symbolCount,
    int characteristics,
    long sectionTable) {
  /** The size of the ordinary header. */
  static final int SIZE = 20;

  /** The size of the larger one. */
  static final int BIG_SIZE = 56;

  private static final String STRUCTURE = "COFF header";
  private static final String SECTION_TABLE = "section table";

  /**
   * Reads an ordinary header.
   *
   * @param start 0 in objects
   */
  static CoffHeader read(ByteView view, long start) {
    view.require(start, SIZE, STRUCTURE);
    return new CoffHeader(
        false,
        view.u16(start, STRUCTURE),
        view.u16(start + 2, STRUCTURE),
        view.u32(start + 4, STRUCTURE),
        view.u32(start + 8, STRUCTURE),
        view.u32(start + 12, STRUCTURE),
        view.u16(start + 18, STRUCTURE),
        start + SIZE + view.u16(start + 16, STRUCTURE));
  }

  /** Reads the larger header, whose class identifier has been compared. */
  static CoffHeader readBig(ByteView view) {
    view.require(0, BIG_SIZE, STRUCTURE);
    return new CoffHeader(
        true,
        view.u16(6, STRUCTURE),
        view.u32(44, STRUCTURE),
        view.u32(8, STRUCTURE),
        view.u32(48, STRUCTURE),
        view.u32(52, STRUCTURE),
        0,
        BIG_SIZE);
  }

  /** How many section headers there are; all of them lie in the file. */
  int checkedSectionCount(ByteView view) {
    view.require(sectionTable, 0, SECTION_TABLE);
    long most = (view.size() - sectionTable) / Coff.SECTION_HEADER_SIZE;
    if (sectionCount > Math.min(most, Integer.MAX_VALUE)) {
      throw view.malformed(
          SECTION_TABLE,
          sectionTable,
          sectionCount + " entries",
          "at most %d before the file ends".formatted(most));
    }
    return (int) sectionCount;
  }

  /** The section header at {@code index}, below the checked count. */
  CoffSectionHeader section(ByteView view, int index) {
    long at = sectionTable + (long) index * Coff.SECTION_HEADER_SIZE;
    return new CoffSectionHeader(view, this, at, index);
  }

  /** The size of a symbol or an auxiliary record. */
  int symbolSize() {
    return isBig ? 20 : 18;
  }

  /**
   * The string table, right after the symbols (PE/COFF, "COFF String Table"). Without symbols there
   * is none; some writers leave an empty one out.
   */
  CoffStrings strings(ByteView view) {
    long start = symbolTable + symbolCount * symbolSize();
    if (symbolTable == 0 || start == view.size()) {
      return new CoffStrings(view, 0, 0);
    }
    long size = view.u32(start, CoffStrings.STRUCTURE);
    view.require(start, size, CoffStrings.STRUCTURE);
    return new CoffStrings(view, start, start + size);
  }
}
