package dev.calotype.emit;

/**
 * What a linker puts into a field, as far as targets agree. S is the symbol's address, A the
 * addend, P the field's address. What each target makes of it, and which has none of it, is in
 * docs/object-writer.md.
 */
public enum RelocationKind {
  /** S + A in 8 bytes. */
  ABS64(8),

  /** S + A in 4 bytes. */
  ABS32(4),

  /** S + A − P in 8 bytes. */
  PC64(8),

  /** S + A − P in 4 bytes. */
  PC32(4),

  /** S + A, counted from the image's base, in 4 bytes; only in COFF. */
  IMAGE32(4),

  /** What a code note's place holds: docs/code-note.md, "Places". */
  PLACE(8),

  /**
   * A call or jump to S + A: the operand on x86-64, {@code bl} or {@code b}, {@code auipc} and
   * {@code jalr}.
   */
  CALL(4),

  /** x86-64: S + A − (P + 4), the operand of an instruction that reads or takes an address. */
  RIP(4),

  /** x86-64: the same for S's entry in the global offset table. */
  GOT_RIP(4),

  /** aarch64 {@code adrp}, riscv64 {@code auipc}: the upper part of S + A. */
  PAGE(4),

  /** aarch64 {@code add}, riscv64 {@code addi}: the lower part. */
  PAGE_ADD(4),

  /** aarch64 {@code ldr}, riscv64 {@code ld} of 8 bytes: the lower part. */
  PAGE_LOAD(4),

  /** aarch64 {@code adrp}, riscv64 {@code auipc}: upper part of S's entry in the offset table. */
  GOT_PAGE(4),

  /** aarch64 {@code ldr}, riscv64 {@code ld}: the lower part. */
  GOT_LOAD(4);

  private final int width;

  RelocationKind(int width) {
    this.width = width;
  }

  /** The size of the field in bytes. */
  int width() {
    return width;
  }

  /** Whether it is the lower half of a pair of instructions. */
  boolean isLow() {
    return this == PAGE_ADD || this == PAGE_LOAD || this == GOT_LOAD;
  }
}
