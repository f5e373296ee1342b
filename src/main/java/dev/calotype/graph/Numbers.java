package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A number below a limit for each of many, off the heap: four bytes, or eight above 2³¹. */
final class Numbers {
  private final MemorySegment bytes;
  private final boolean narrow;

  Numbers(long count, long limit, Arena arena) {
    narrow = limit <= Integer.MAX_VALUE;
    bytes = arena.allocate(Math.multiplyExact(Math.max(1, count), narrow ? 4 : 8), 8);
  }

  long get(long at) {
    return narrow ? bytes.getAtIndex(JAVA_INT, at) : bytes.getAtIndex(JAVA_LONG, at);
  }

  void set(long at, long number) {
    if (narrow) {
      bytes.setAtIndex(JAVA_INT, at, (int) number);
    } else {
      bytes.setAtIndex(JAVA_LONG, at, number);
    }
  }
}
