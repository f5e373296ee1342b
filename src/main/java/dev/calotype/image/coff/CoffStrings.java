package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;

/**
 * Names of more than eight bytes.
 *
 * @param view the file
 * @param start where the table starts: with its own size, in four bytes
 * @param end where it ends; {@code start} if there is none
 */
record CoffStrings(ByteView view, long start, long end) {
  static final String STRUCTURE = "string table";

  /** A section's name is not in the string table. */
  static final long IN_PLACE = -1;

  String string(long offset, String structure) {
    return view.string(checked(offset, structure), end, structure);
  }

  MemorySegment bytes(long offset, String structure) {
    return view.stringBytes(checked(offset, structure), end, structure);
  }

  private long checked(long offset, String structure) {
    if (offset < 4 || offset >= end - start) {
      throw view.malformed(
          structure,
          start,
          "name offset 0x%x".formatted(offset),
          "one within a string table of %d bytes".formatted(end - start));
    }
    return start + offset;
  }

  /** How many of the eight bytes at {@code at}, which are in the file, come before a NUL. */
  static int shortLength(MemorySegment coff, long at) {
    int length = 0;
    while (length < 8 && Endian.u8(coff, at + length) != 0) {
      length++;
    }
    return length;
  }

  /**
   * Where in the string table a section's name is: after a slash in decimal or, as LLVM writes
   * larger offsets, after two slashes in six digits of base 64. All other names are {@link
   * #IN_PLACE}.
   */
  static long sectionNameOffset(MemorySegment coff, long at) {
    if (Endian.u8(coff, at) != '/') {
      return IN_PLACE;
    }
    int length = shortLength(coff, at);
    boolean isWide = length == 8 && Endian.u8(coff, at + 1) == '/';
    long offset = length < 2 ? IN_PLACE : 0;
    for (int i = isWide ? 2 : 1; i < length && offset != IN_PLACE; i++) {
      int digit = digit(Endian.u8(coff, at + i), isWide);
      offset = digit < 0 ? IN_PLACE : offset * (isWide ? 64 : 10) + digit;
    }
    return offset;
  }

  private static int digit(int c, boolean isWide) {
    if (c >= '0' && c <= '9') {
      return c - '0' + (isWide ? 52 : 0);
    }
    if (!isWide) {
      return -1;
    }
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
  }
}
