package dev.calotype.split.coff;

import dev.calotype.bytes.ByteWriter;

/** Small structures of COFF in bytes. */
final class CoffWords {
  private CoffWords() {}

  /** A 32-bit number. */
  static byte[] u32(long value) {
    return new ByteWriter(4).u32(value).array();
  }

  /** A symbol of its own section, without auxiliary records. */
  static void symbol(ByteWriter writer, String name, long value, int section) {
    writer.bytes(shortName(name)).u32(value).u16(section + 1).u16(0);
    writer.bytes(new byte[] {CoffObject.CLASS_STATIC, 0});
  }

  /** A section header. */
  static byte[] section(
      String name, long size, long at, long relocations, int count, long characteristics) {
    ByteWriter writer = new ByteWriter(CoffObject.SECTION_SIZE);
    writer.bytes(shortName(name)).u32(0).u32(0).u32(size).u32(at).u32(relocations).u32(0);
    return writer.u16(count).u16(0).u32(characteristics).array();
  }

  /** A name of at most eight bytes, filled with zeros. */
  static byte[] shortName(String name) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < name.length(); i++) {
      bytes[i] = (byte) name.charAt(i);
    }
    return bytes;
  }
}
