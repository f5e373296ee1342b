package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A colour for each index below a limit, two bits off the heap each. Safe for use by several
 * threads; a node gets one colour, once.
 */
final class Colours {
  static final int UNKNOWN = 0;
  static final int RED = 1;
  static final int GREEN = 2;

  private static final VarHandle WORD = JAVA_LONG.varHandle();

  private final MemorySegment words;
  private final long limit;

  Colours(long limit, Arena arena) {
    this.limit = limit;
    this.words = arena.allocate(8 * ((limit >>> 5) + 1), 8);
  }

  long limit() {
    return limit;
  }

  int get(long node) {
    return (int) (words.getAtIndex(JAVA_LONG, node >>> 5) >>> (2 * (node & 31))) & 3;
  }

  /** A bit for each of the 64 indices from {@code 64 × group}: set where there is no colour. */
  long uncoloured(int group) {
    long bits = pack(2L * group) | pack(2L * group + 1) << 32;
    long left = limit - 64L * group;
    return ~bits & (left >= 64 ? -1 : left <= 0 ? 0 : (1L << left) - 1);
  }

  /** A bit for each of 32 colours: set where there is one. */
  private long pack(long word) {
    if (word > limit >>> 5) {
      return 0;
    }
    long bits = words.getAtIndex(JAVA_LONG, word);
    bits = (bits | bits >>> 1) & 0x5555555555555555L;
    bits = (bits | bits >>> 1) & 0x3333333333333333L;
    bits = (bits | bits >>> 2) & 0x0f0f0f0f0f0f0f0fL;
    bits = (bits | bits >>> 4) & 0x00ff00ff00ff00ffL;
    bits = (bits | bits >>> 8) & 0x0000ffff0000ffffL;
    return (bits | bits >>> 16) & 0xffffffffL;
  }

  /** Gives a node its colour; false if it has one. */
  boolean set(long node, int colour) {
    int shift = 2 * (int) (node & 31);
    long at = node >>> 5 << 3;
    while (true) {
      long word = (long) WORD.getVolatile(words, at);
      if ((word >>> shift & 3) != UNKNOWN) {
        return false;
      }
      if (WORD.compareAndSet(words, at, word, word | (long) colour << shift)) {
        return true;
      }
    }
  }
}
