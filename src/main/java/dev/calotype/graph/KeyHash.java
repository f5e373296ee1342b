package dev.calotype.graph;

/** Where a key belongs in an index table. Part of the format: see docs/graph-format.md. */
final class KeyHash {
  private KeyHash() {}

  /** Mixes kind and key; the upper half picks the bucket, the low bits are the tag. */
  static long of(int kind, long high, long low) {
    long hash = (high + kind * 0x9e3779b97f4a7c15L) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ hash >>> 32 ^ low) * 0x94d049bb133111ebL;
    hash = (hash ^ hash >>> 29) * 0xbf58476d1ce4e5b9L;
    return hash ^ hash >>> 32;
  }

  /** The bucket of {@code buckets}, below 2³², where a search starts. */
  static long bucket(long hash, long buckets) {
    return ((hash >>> 32) * buckets) >>> 32;
  }
}
