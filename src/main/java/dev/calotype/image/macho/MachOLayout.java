package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;

/** How wide the structures of 32-bit and of 64-bit files are. */
enum MachOLayout {
  /** Files with {@code MH_MAGIC}. */
  MACHO32(32, 28, MachO.LC_SEGMENT, 56, 68, 12),

  /** Files with {@code MH_MAGIC_64}. */
  MACHO64(64, 32, MachO.LC_SEGMENT_64, 72, 80, 16);

  private final int bits;
  private final int headerSize;
  private final long segmentCommand;
  private final int segmentSize;
  private final int sectionSize;
  private final int symbolSize;

  MachOLayout(
      int bits,
      int headerSize,
      long segmentCommand,
      int segmentSize,
      int sectionSize,
      int symbolSize) {
    this.bits = bits;
    this.headerSize = headerSize;
    this.segmentCommand = segmentCommand;
    this.segmentSize = segmentSize;
    this.sectionSize = sectionSize;
    this.symbolSize = symbolSize;
  }

  /** The width of an address in bits. */
  int bits() {
    return bits;
  }

  /** The size of {@code mach_header}, after which the load commands come. */
  int headerSize() {
    return headerSize;
  }

  /** The command that is a segment: a loader looks for none of the other width. */
  long segmentCommand() {
    return segmentCommand;
  }

  /** The size of {@code segment_command}, after which its sections come. */
  int segmentSize() {
    return segmentSize;
  }

  /** The size of {@code section}. */
  int sectionSize() {
    return sectionSize;
  }

  /** The size of {@code nlist}. */
  int symbolSize() {
    return symbolSize;
  }

  /** {@code at32} or {@code at64}: where a field is in this width. */
  int at(int at32, int at64) {
    return this == MACHO32 ? at32 : at64;
  }

  /** The address-sized number at {@code offset}. */
  long word(ByteView view, long offset, String structure) {
    return this == MACHO32 ? view.u32(offset, structure) : view.u64(offset, structure);
  }
}
