package dev.calotype.graph;

/**
 * Bytes behind the last whole segment: what a writer that was stopped in the middle of a commit, or
 * a damaged disk, left behind. The graph is what it was before them.
 *
 * @param offset where they start
 * @param bytes how many there are
 */
public record Loss(long offset, long bytes) {
  @Override
  public String toString() {
    return "%d bytes from offset 0x%x are no whole segment".formatted(bytes, offset);
  }
}
