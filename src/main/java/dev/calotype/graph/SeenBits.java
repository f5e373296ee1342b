package dev.calotype.graph;

/**
 * What has been verified already, a bit each. Threads may lose each other's bits, which costs
 * verifying twice.
 */
final class SeenBits {
  private final long[] words;

  SeenBits(long size) {
    words = new long[Math.toIntExact((size >>> 6) + 1)];
  }

  boolean has(long bit) {
    return (words[(int) (bit >>> 6)] >>> bit & 1) != 0;
  }

  void add(long bit) {
    words[(int) (bit >>> 6)] |= 1L << bit;
  }
}
