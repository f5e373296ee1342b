package dev.calotype.split.elf;

import dev.calotype.bytes.ByteWriter;

/** Small structures of ELF64 in bytes. */
final class ElfWords {
  private ElfWords() {}

  /** 64-bit numbers, one after the other. */
  static byte[] u64(long... words) {
    ByteWriter bytes = new ByteWriter(8 * words.length);
    for (long word : words) {
      bytes.u64(word);
    }
    return bytes.array();
  }

  /** What follows the name in a symbol's entry (gABI, "Symbol Table"). */
  static byte[] symbol(int info, int other, int section, long value, long size) {
    ByteWriter bytes = new ByteWriter(20);
    bytes.u16(info | other << 8).u16(section).u64(value).u64(size);
    return bytes.array();
  }
}
