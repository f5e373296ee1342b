package dev.calotype.graph;

/**
 * One of the hash tables from keys to nodes: buckets of 64 bytes, then a checksum for each page.
 *
 * @param offset where the buckets start in the file
 * @param entries how many nodes it has
 * @param buckets how many buckets there are, 1 to 2³² − 1
 * @param nodeBits how many low bits of a slot are the node's index; the others are the tag
 */
record IndexTable(long offset, long entries, long buckets, int nodeBits) {
  static final int MOST_NARROW_BITS = 27;

  /** Buckets at the end where no search starts, for what the last ones have no room for. */
  static final int SPARE = 8;

  /** As many as keep most nodes in the bucket where their search starts. */
  static long bucketsFor(long entries, int nodeBits) {
    return entries / slots(nodeBits) * 20 / 17 + 1 + SPARE;
  }

  /** The bits that indices below {@code limit} take; all ones are never a node. */
  static int bitsFor(long limit) {
    return Math.max(8, 64 - Long.numberOfLeadingZeros(limit + 1));
  }

  static int slots(int nodeBits) {
    return Layout.BUCKET / slotBytes(nodeBits);
  }

  static int slotBytes(int nodeBits) {
    return nodeBits <= MOST_NARROW_BITS ? 4 : 8;
  }

  /** How many buckets searches start in. */
  long homes() {
    return buckets - SPARE;
  }

  boolean isNarrow() {
    return nodeBits <= MOST_NARROW_BITS;
  }

  long bucketBytes() {
    return buckets * Layout.BUCKET;
  }

  long pages() {
    return (bucketBytes() + Layout.PAGE - 1) / Layout.PAGE;
  }

  /** All of it, checksums included. */
  long bytes() {
    return bucketBytes() + 4 * pages();
  }

  /** What an empty slot has. */
  long empty() {
    return isNarrow() ? 0xffff_ffffL : -1;
  }
}
