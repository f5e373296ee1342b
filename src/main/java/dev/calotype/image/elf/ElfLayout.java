package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;

/**
 * How wide the structures of an ELF class are (gABI, "Data Representation"). Where the two classes
 * order fields differently, the reader of the structure names both places.
 */
public enum ElfLayout {
  /** Class 1, 32-bit. */
  ELF32(32, 52, 32, 40, 16),

  /** Class 2, 64-bit. */
  ELF64(64, 64, 56, 64, 24);

  private final int bits;
  private final int headerSize;
  private final int programHeaderSize;
  private final int sectionHeaderSize;
  private final int symbolSize;

  ElfLayout(
      int bits, int headerSize, int programHeaderSize, int sectionHeaderSize, int symbolSize) {
    this.bits = bits;
    this.headerSize = headerSize;
    this.programHeaderSize = programHeaderSize;
    this.sectionHeaderSize = sectionHeaderSize;
    this.symbolSize = symbolSize;
  }

  /** The width of an address in bits. */
  public int bits() {
    return bits;
  }

  /** The width of an address in bytes. */
  public int wordSize() {
    return bits / 8;
  }

  /** The size of the file header, {@code e_ehsize}. */
  public int headerSize() {
    return headerSize;
  }

  /** The size of a program header, {@code e_phentsize}. */
  public int programHeaderSize() {
    return programHeaderSize;
  }

  /** The size of a section header, {@code e_shentsize}. */
  public int sectionHeaderSize() {
    return sectionHeaderSize;
  }

  /** The size of a symbol. */
  public int symbolSize() {
    return symbolSize;
  }

  /** {@code at32} or {@code at64}: where a field is in this class. */
  int at(int at32, int at64) {
    return this == ELF32 ? at32 : at64;
  }

  /** The address-sized number at {@code offset}. */
  long word(ByteView view, long offset, String structure) {
    return this == ELF32 ? view.u32(offset, structure) : view.u64(offset, structure);
  }
}
