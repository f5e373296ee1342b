package dev.calotype.emit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** What instructions refer to, decoded from their bits. */
final class Operands {
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Operands() {}

  /** Where the call or operand leads whose field or instruction is at {@code address}. */
  static long target(ObjectTarget target, MemorySegment bytes, long address) {
    int word = bytes.get(WORD, 0);
    return switch (target.target().architecture()) {
      case "x86_64" -> address + 4 + word;
      case "aarch64" -> address + ((long) word << 38 >> 36);
      default -> address + (word & 0xffff_f000) + (bytes.get(WORD, 4) >> 20);
    };
  }

  /** What the pair of instructions refers to that starts at {@code address}. */
  static long page(ObjectTarget target, MemorySegment bytes, long address) {
    int high = bytes.get(WORD, 0);
    int low = bytes.get(WORD, 4);
    if (!target.target().architecture().equals("aarch64")) {
      return address + (high & 0xffff_f000) + (low >> 20);
    }
    if (high == 0xd503201f) { // A near pair becomes nop and adr.
      return address + 4 + immediate(low);
    }
    long page = (address & -4096) + (immediate(high) << 12);
    // The immediate of a load of eight bytes counts in eights.
    int scale = (low & 0xffc0_0000) == 0xf940_0000 ? 8 : 1;
    return page + (long) (low >> 10 & 0xfff) * scale;
  }

  /** That of {@code adr} and {@code adrp}, 21 bits in two places. */
  private static long immediate(int word) {
    long bits = (((long) word >> 5 & 0x7ffff) << 2) | ((word >> 29) & 3);
    return bits << 43 >> 43;
  }
}
