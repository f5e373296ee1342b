package dev.calotype.graph;

import java.util.Arrays;

/**
 * Where the topmost block of each range is, for those that have been verified. Heap: eight bytes
 * for each 131,072 indices, and 4 KiB for each of these of which any was asked for. Threads may
 * lose each other's entries, which costs verifying twice.
 */
final class SeenBlocks {
  /** An entry's bit: the block has all 256 nodes. Blocks are at multiples of 64. */
  private static final long FULL = 1;

  private static final long[] NONE = new long[Layout.LEAF_ENTRIES];

  private final long[][] leaves;
  private final long ranges;

  SeenBlocks(long ranges) {
    this.ranges = ranges;
    leaves = new long[Math.toIntExact((ranges >>> Layout.LEAF_BITS) + 1)][];
    Arrays.fill(leaves, NONE);
  }

  /** The entry of a range, 0 if its block has not been verified. */
  long entry(long range) {
    return leaves[(int) (range >>> Layout.LEAF_BITS)][(int) range & Layout.LEAF_ENTRIES - 1];
  }

  /** The same, 0 too for a range that no index has. */
  long entryOrNone(long range) {
    return range < ranges ? entry(range) : 0;
  }

  static long block(long entry) {
    return entry & -Layout.ALIGNMENT;
  }

  static boolean isFull(long entry) {
    return (entry & FULL) != 0;
  }

  /** Adds a block that was verified, and returns its entry. */
  @SuppressWarnings("ReferenceEquality") // It is that array, which all share, or another.
  long add(long range, long block, boolean full) {
    int number = (int) (range >>> Layout.LEAF_BITS);
    long[] leaf = leaves[number];
    if (leaf == NONE) {
      leaf = new long[Layout.LEAF_ENTRIES];
      leaves[number] = leaf;
    }
    long entry = full ? block | FULL : block;
    leaf[(int) range & Layout.LEAF_ENTRIES - 1] = entry;
    return entry;
  }
}
