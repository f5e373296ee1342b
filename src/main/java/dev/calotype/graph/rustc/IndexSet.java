package dev.calotype.graph.rustc;

/** Indices below a limit, a bit each. */
final class IndexSet {
  private final long[] words;

  /** No index yet. */
  IndexSet(long limit) {
    words = new long[(int) ((limit + Long.SIZE - 1) / Long.SIZE)];
  }

  /** Adds an index; whether it was not there yet. */
  boolean add(long index) {
    int word = (int) (index >>> 6);
    long before = words[word];
    words[word] = before | 1L << index;
    return words[word] != before;
  }

  boolean has(long index) {
    return (words[(int) (index >>> 6)] >>> index & 1) != 0;
  }

  /** The lowest index of this that is not in {@code other}, of the same limit; −1 if none is. */
  long without(IndexSet other) {
    for (int i = 0; i < words.length; i++) {
      long rest = words[i] & ~other.words[i];
      if (rest != 0) {
        return (long) i * Long.SIZE + Long.numberOfTrailingZeros(rest);
      }
    }
    return -1;
  }
}
