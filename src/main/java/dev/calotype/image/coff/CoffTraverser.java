package dev.calotype.image.coff;

import static dev.calotype.bytes.Endian.u16;
import static dev.calotype.bytes.Endian.u32;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import dev.calotype.bytes.Name;
import java.lang.foreign.MemorySegment;

/**
 * The shortest way from the first byte of an object or image to a named section (PE/COFF, "COFF
 * File Header", "Section Table"). Makes no object.
 */
public final class CoffTraverser {
  /** There is no such section. */
  public static final long ABSENT = -1;

  private static final String HEADER = "COFF header";

  private CoffTraverser() {}

  /**
   * The offset of the header of the first section called {@code name}, or {@link #ABSENT}.
   *
   * @param coff a whole COFF object, PE image or import object
   * @throws MalformedImageException if the section table or the string table leaves the file
   */
  public static long section(MemorySegment coff, String file, Name name) {
    require(coff, file, HEADER, 0, CoffHeader.SIZE);
    boolean big = u32(coff, 0, true) == 0xffff0000L; // Sig1, Sig2
    if (big && u16(coff, 4, true) == 0) {
      return ABSENT; // an import object
    }
    long start = 0;
    if (u16(coff, 0, true) == 0x5a4d) { // MZ
      require(coff, file, "DOS header", 0, 64);
      start = u32(coff, 60, true) + 4; // e_lfanew, then the signature
      PeHeader.requireSignature(coff, file, start - 4);
    }
    require(coff, file, HEADER, start, big ? CoffHeader.BIG_SIZE : CoffHeader.SIZE);
    long count = big ? u32(coff, 44, true) : u16(coff, start + 2, true); // NumberOfSections
    long symbols = u32(coff, big ? 48 : start + 8, true); // PointerToSymbolTable
    long symbolsSize = u32(coff, big ? 52 : start + 12, true) * (big ? 20 : 18); // NumberOfSymbols
    long table = big ? CoffHeader.BIG_SIZE : start + 20 + u16(coff, start + 16, true);
    require(coff, file, "section table", table, count * Coff.SECTION_HEADER_SIZE);
    long end = table + count * Coff.SECTION_HEADER_SIZE;
    for (long header = table; header < end; header += Coff.SECTION_HEADER_SIZE) {
      long inStrings = CoffStrings.sectionNameOffset(coff, header);
      if (inStrings == CoffStrings.IN_PLACE || symbols == 0) {
        if (name.isFieldAt(coff, header, 8)) {
          return header;
        }
      } else if (isLongName(coff, file, symbols + symbolsSize, inStrings, name)) {
        return header;
      }
    }
    return ABSENT;
  }

  private static boolean isLongName(
      MemorySegment coff, String file, long strings, long offset, Name name) {
    require(coff, file, CoffStrings.STRUCTURE, strings, 4);
    long size = u32(coff, strings, true);
    require(coff, file, CoffStrings.STRUCTURE, strings, size);
    return offset >= 4 && name.isTextAt(coff, strings + offset, strings + size);
  }

  private static void require(
      MemorySegment coff, String file, String structure, long offset, long size) {
    if (!Endian.contains(coff, offset, size)) {
      throw new MalformedImageException(
          file,
          structure,
          offset,
          size + " bytes wanted",
          "an end within the file's %d bytes".formatted(coff.byteSize()));
    }
  }
}
