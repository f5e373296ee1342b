package dev.calotype.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A number below a limit for each of many, off the heap: four bytes, or eight above 2³¹. They are
 * stored with one more, so that zero is none.
 */
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

  /** The number, −1 if none was set. */
  long get(long at) {
    return (narrow ? bytes.get(NARROW, at << 2) : bytes.get(WIDE, at << 3)) - 1;
  }

  /**
   * Puts the numbers of the first {@code count} of some in their place.
   *
   * @return whether all have one
   */
  boolean replace(long[] all, int count) {
    long any = 0;
    if (narrow) {
      for (int i = 0; i < count; i++) {
        long number = bytes.get(NARROW, all[i] << 2) - 1L;
        all[i] = number;
        any |= number;
      }
    } else {
      for (int i = 0; i < count; i++) {
        long number = bytes.get(WIDE, all[i] << 3) - 1;
        all[i] = number;
        any |= number;
      }
    }
    return any >= 0;
  }

  void set(long at, long number) {
    if (narrow) {
      bytes.set(NARROW, at << 2, (int) number + 1);
    } else {
      bytes.set(WIDE, at << 3, number + 1);
    }
  }
}
