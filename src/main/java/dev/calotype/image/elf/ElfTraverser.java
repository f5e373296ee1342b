package dev.calotype.image.elf;

import static dev.calotype.bytes.Endian.u16;
import static dev.calotype.bytes.Endian.u32;
import static dev.calotype.bytes.Endian.u8;
import static dev.calotype.bytes.Endian.word;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import dev.calotype.bytes.Name;
import java.lang.foreign.MemorySegment;

/**
 * The shortest way from an ELF file's first byte to a named part (gABI, "ELF Header", "Sections",
 * "Program Header"). Makes no object; {@code calotype.h} is the same walk in C.
 */
public final class ElfTraverser {
  /** There is no such part. */
  public static final long ABSENT = -1;

  private ElfTraverser() {}

  /**
   * The offset of the header of the first section called {@code name}, or {@link #ABSENT}.
   *
   * @param elf a whole file that starts with the ELF magic
   * @throws MalformedImageException if the section header table or its names leave the file
   */
  public static long section(MemorySegment elf, String file, Name name) {
    boolean wide = isWide(elf, file);
    boolean little = isLittle(elf, file);
    long table = word(elf, wide ? 40 : 32, wide, little); // e_shoff
    if (table == 0) {
      return ABSENT;
    }
    int entry = wide ? 64 : 40;
    require(elf, file, "section header table", table, entry);
    requireSize(file, u16(elf, wide ? 58 : 46, little), entry); // e_shentsize
    long count = u16(elf, wide ? 60 : 48, little); // e_shnum, or else sh_size of section 0
    count = count != 0 ? count : word(elf, table + (wide ? 32 : 20), wide, little);
    long names = u16(elf, wide ? 62 : 50, little); // e_shstrndx, or else sh_link of section 0
    names = names != 0xffff ? names : u32(elf, table + (wide ? 40 : 24), little);
    requireCount(elf, file, "section header table", table, count, entry);
    if (names == 0) {
      return ABSENT;
    }
    requireIndex(file, names, count);
    long strings = word(elf, table + names * entry + (wide ? 24 : 16), wide, little); // sh_offset
    long size = word(elf, table + names * entry + (wide ? 32 : 20), wide, little); // sh_size
    require(elf, file, "section name table", strings, size);
    for (long header = table; header < table + count * entry; header += entry) {
      if (name.isTextAt(elf, strings + u32(elf, header, little), strings + size)) {
        return header;
      }
    }
    return ABSENT;
  }

  /**
   * The offset of the first program header of that type, or {@link #ABSENT}.
   *
   * @param type {@code p_type}
   * @throws MalformedImageException if the program header table leaves the file
   */
  public static long segment(MemorySegment elf, String file, long type) {
    boolean wide = isWide(elf, file);
    boolean little = isLittle(elf, file);
    long table = word(elf, wide ? 32 : 28, wide, little); // e_phoff
    long count = u16(elf, wide ? 56 : 44, little); // e_phnum, or else sh_info of section 0
    if (table == 0 || count == 0) {
      return ABSENT;
    }
    if (count == 0xffff) {
      long sections = word(elf, wide ? 40 : 32, wide, little);
      require(elf, file, "section header table", sections, wide ? 64 : 40);
      count = sections == 0 ? count : u32(elf, sections + (wide ? 44 : 28), little);
    }
    int entry = wide ? 56 : 32;
    requireSize(file, u16(elf, wide ? 54 : 42, little), entry); // e_phentsize
    requireCount(elf, file, "program header table", table, count, entry);
    for (long header = table; header < table + count * entry; header += entry) {
      if (u32(elf, header, little) == type) {
        return header;
      }
    }
    return ABSENT;
  }

  /** Whether the file is of class 64; checks that it has a header of its class. */
  public static boolean isWide(MemorySegment elf, String file) {
    require(elf, file, "ELF header", 0, 52);
    int elfClass = u8(elf, 4);
    if (elfClass < 1 || elfClass > 2) {
      throw malformed(file, "ELF header", 4, "class " + elfClass, "1 (32-bit) or 2 (64-bit)");
    }
    require(elf, file, "ELF header", 0, elfClass == 2 ? 64 : 52);
    return elfClass == 2;
  }

  /** Whether the file's numbers are little-endian. */
  public static boolean isLittle(MemorySegment elf, String file) {
    int data = u8(elf, 5);
    if (data < 1 || data > 2) {
      throw malformed(
          file, "ELF header", 5, "data encoding " + data, "1 (little) or 2 (big endian)");
    }
    return data == 1;
  }

  private static void requireSize(String file, int actual, int expected) {
    if (actual != expected) {
      throw malformed(file, "ELF header", 0, actual + " bytes a header", expected + "");
    }
  }

  private static void requireIndex(String file, long index, long count) {
    if (index >= count) {
      throw malformed(
          file, "ELF header", 0, "section name table " + index, "a section below " + count);
    }
  }

  private static void requireCount(
      MemorySegment elf, String file, String structure, long table, long count, int entry) {
    require(elf, file, structure, table, 0);
    long most = (elf.byteSize() - table) / entry;
    if (count < 0 || count > most) {
      throw malformed(
          file,
          structure,
          table,
          Long.toUnsignedString(count) + " entries",
          "at most %d before the file ends".formatted(most));
    }
  }

  private static void require(
      MemorySegment elf, String file, String structure, long offset, long size) {
    if (!Endian.contains(elf, offset, size)) {
      throw malformed(
          file,
          structure,
          offset,
          Long.toUnsignedString(size) + " bytes wanted",
          "an end within the file's %d bytes".formatted(elf.byteSize()));
    }
  }

  private static MalformedImageException malformed(
      String file, String structure, long offset, String actual, String expected) {
    return new MalformedImageException(file, structure, offset, actual, expected);
  }
}
