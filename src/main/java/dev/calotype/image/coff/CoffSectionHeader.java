package dev.calotype.image.coff;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.calotype.bytes.ByteView;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * One section header (PE/COFF, "Section Table"). Reads its fields from the file.
 *
 * @param view the file
 * @param header the file's header
 * @param at where the header starts; all of it is in the file
 * @param index its position in the table, from 0
 */
record CoffSectionHeader(ByteView view, CoffHeader header, long at, int index) {
  String structure() {
    return "section header " + index;
  }

  String name() {
    long offset = CoffStrings.sectionNameOffset(view.bytes(), at);
    // Without a string table, as in a stripped image, the digits are all the name there is.
    if (offset != CoffStrings.IN_PLACE && header.symbolTable() != 0) {
      return header.strings(view).string(offset, structure());
    }
    return shortText(view, at);
  }

  /** The text in the eight bytes at {@code at}, which are in the file. */
  static String shortText(ByteView view, long at) {
    byte[] name = new byte[CoffStrings.shortLength(view.bytes(), at)];
    MemorySegment.copy(view.bytes(), JAVA_BYTE, at, name, 0, name.length);
    return new String(name, StandardCharsets.UTF_8);
  }

  long virtualSize() {
    return u32(8);
  }

  long virtualAddress() {
    return u32(12);
  }

  /** {@code SizeOfRawData}, whether or not there are such bytes. */
  long rawSize() {
    return u32(16);
  }

  long rawPointer() {
    return u32(20);
  }

  /** How many bytes are in the file: none without a pointer to them. */
  long fileSize() {
    return rawPointer() == 0 ? 0 : rawSize();
  }

  long relocations() {
    return u32(24);
  }

  int relocationCount() {
    return view.u16(at + 32, structure());
  }

  long characteristics() {
    return u32(36);
  }

  boolean has(long characteristic) {
    return (characteristics() & characteristic) != 0;
  }

  MemorySegment bytes() {
    long size = fileSize();
    return size == 0 ? view.bytes().asSlice(0, 0) : view.slice(rawPointer(), size, structure());
  }

  private long u32(int field) {
    return view.u32(at + field, structure());
  }
}
