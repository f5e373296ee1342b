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
    return (int) (words.getAtIndex(JAVA_LONG, node >>> 5) >>> 2 * (node & 31)) & 3;
  }

  /** Thirty-two colours from the index {@code 32 × word}, the first in the low bits. */
  long word(long word) {
    return words.getAtIndex(JAVA_LONG, word);
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
