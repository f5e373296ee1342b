package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.MachOImage.RelocationEntry;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One relocation ({@code relocation_info} or {@code scattered_relocation_info}). Compilers laid the
 * bit fields of the first out from the other end in each byte order; those of the second, which
 * declares them twice, are the same number in both.
 *
 * @param view the file
 * @param cpuType the processor
 * @param table the table's name, for errors
 * @param base what offsets are relative to
 * @param first the first four bytes
 * @param second the other four
 * @param symbols what symbol numbers refer to
 */
record MachORelocation(
    ByteView view,
    int cpuType,
    String table,
    long base,
    long first,
    long second,
    SymbolTable symbols)
    implements RelocationEntry {
  /** Set in the address of a scattered relocation. */
  private static final long R_SCATTERED = 0x80000000L;

  @Override
  public boolean isScattered() {
    boolean mayBe =
        switch (cpuType) {
          case MachO.CPU_TYPE_X86_64, MachO.CPU_TYPE_ARM64, MachO.CPU_TYPE_ARM64_32 -> false;
          default -> true;
        };
    return mayBe && (first & R_SCATTERED) != 0;
  }

  @Override
  public long offset() {
    return base + (isScattered() ? first & 0xffffff : first);
  }

  @Override
  public int typeNumber() {
    return isScattered() ? (int) (first >>> 24) & 15 : field(28, 0, 15);
  }

  @Override
  public String type() {
    return MachO.relocation(cpuType, typeNumber());
  }

  @Override
  public boolean isPcRelative() {
    return (isScattered() ? first >>> 30 & 1 : field(24, 7, 1)) != 0;
  }

  @Override
  public int length() {
    return 1 << (isScattered() ? (int) (first >>> 28) & 3 : field(25, 5, 3));
  }

  @Override
  public boolean isExternal() {
    return !isScattered() && field(27, 4, 1) != 0;
  }

  @Override
  public long value() {
    return isScattered()
        ? second
        : view.order() == ByteOrder.LITTLE_ENDIAN ? second & 0xffffff : second >>> 8;
  }

  private boolean isAddend() {
    return (cpuType == MachO.CPU_TYPE_ARM64 || cpuType == MachO.CPU_TYPE_ARM64_32)
        && typeNumber() == MachO.ARM64_RELOC_ADDEND;
  }

  @Override
  public Optional<Symbol> symbol() {
    if (!isExternal() || isAddend()) {
      return Optional.empty();
    }
    long index = value();
    if (index >= symbols.count()) {
      throw view.malformed(table, 0, "symbol " + index, "one below %d".formatted(symbols.count()));
    }
    return Optional.of(symbols.get(index));
  }

  @Override
  public OptionalInt section() {
    // Number 0, R_ABS, is no section.
    return isScattered() || isExternal() || isAddend() || value() == 0
        ? OptionalInt.empty()
        : OptionalInt.of((int) value() - 1);
  }

  /** The second half of an arm64 pair; elsewhere addends are in the bytes that are changed. */
  @Override
  public OptionalLong addend() {
    return isAddend() ? OptionalLong.of((int) value() << 8 >> 8) : OptionalLong.empty();
  }

  private int field(int littleShift, int bigShift, int mask) {
    int shift = view.order() == ByteOrder.LITTLE_ENDIAN ? littleShift : bigShift;
    return (int) (second >>> shift) & mask;
  }
}
