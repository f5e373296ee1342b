package dev.calotype.graph;

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

  /** Puts what each of some numbers has in its place. */
  void replace(long[] at, int count) {
    if (narrow) {
      for (int i = 0; i < count; i++) {
        at[i] = bytes.get(NARROW, at[i] << 2);
      }
    } else {
      for (int i = 0; i < count; i++) {
        at[i] = bytes.get(WIDE, at[i] << 3);
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
