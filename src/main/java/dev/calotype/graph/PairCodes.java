package dev.calotype.graph;

/** Gives pairs of numbers codes from 0 in the order in which they are first seen, up to 256. */
final class PairCodes {
  private static final int SIZE = 1 << 10;

  private final short[] codes = new short[SIZE];
  private final int[] stamps = new int[SIZE];
  private final long[] pairs = new long[2 * Layout.BLOCK_NODES];
  private int stamp;
  private int count;

  /** Forgets all. */
  void clear() {
    stamp++;
    count = 0;
  }

  int count() {
    return count;
  }

  long high(int code) {
    return pairs[2 * code];
  }

  long low(int code) {
    return pairs[2 * code + 1];
  }

  int code(long high, long low) {
    long mixed = (high * 0x9e3779b97f4a7c15L ^ low) * 0xbf58476d1ce4e5b9L;
    int at = (int) (mixed >>> 54);
    while (stamps[at] == stamp) {
      int code = codes[at];
      if (pairs[2 * code] == high && pairs[2 * code + 1] == low) {
        return code;
      }
      at = (at + 1) & (SIZE - 1);
    }
    stamps[at] = stamp;
    codes[at] = (short) count;
    pairs[2 * count] = high;
    pairs[2 * count + 1] = low;
    return count++;
  }
}
