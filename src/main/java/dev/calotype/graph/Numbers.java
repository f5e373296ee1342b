package dev.calotype.graph;

import dev.calotype.bytes.Endian;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A number below a limit for each of many, off the heap: four bytes, or eight above 2³¹. */
final class Numbers {
  // Not aligned, which is one check less.
  private static final ValueLayout.OfInt NARROW = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong WIDE = ValueLayout.JAVA_LONG_UNALIGNED;

  private final MemorySegment bytes;
  private final boolean narrow;

  Numbers(long count, long limit, Arena arena) {
    narrow = limit <= Integer.MAX_VALUE;
    bytes = arena.allocate(Math.multiplyExact(Math.max(1, count), narrow ? 4 : 8), 8);
  }

  long get(long at) {
    return narrow ? bytes.get(NARROW, at << 2) : bytes.get(WIDE, at << 3);
  }

  /**
   * Copies what edges' targets have here. One loop for reading both: so the processor waits for
   * many reads at a time.
   *
   * @param edges where the first target is in {@code from}, each of {@code width} bytes
   * @param to where the first goes in {@code into}, and {@code count} of them
   */
  void copy(MemorySegment from, long edges, int width, long[] into, int to, int count) {
    long mask = Layout.mask(width);
    long at = edges;
    int end = to + count;
    if (narrow) {
      for (int i = to; i < end; i++, at += width) {
        into[i] = bytes.get(NARROW, (Endian.u64(from, at, true) & mask) << 2);
      }
    } else {
      for (int i = to; i < end; i++, at += width) {
        into[i] = bytes.get(WIDE, (Endian.u64(from, at, true) & mask) << 3);
      }
    }
  }

  void set(long at, long number) {
    if (narrow) {
      bytes.set(NARROW, at << 2, (int) number);
    } else {
      bytes.set(WIDE, at << 3, number);
    }
  }
}
