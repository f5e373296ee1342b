package dev.calotype.graph;

import java.lang.foreign.MemorySegment;

/**
 * Gathers a compacted graph's nodes, which are anywhere in the old one. What is needed of each is
 * read in rounds over all of a batch, so that the processor waits for many reads at a time.
 */
final class CompactedNodes {
  private final MemorySegment bytes;
  private final CanonicalOrder order;
  private final Numbers numbers;
  private final long[] blocks = new long[Layout.BLOCK_NODES];
  private final long[] cells = new long[Layout.BLOCK_NODES];
  private final int[] edgeCounts = new int[Layout.BLOCK_NODES];
  private final long[] edgesAt = new long[Layout.BLOCK_NODES];

  CompactedNodes(Graph graph, CanonicalOrder order) {
    this.bytes = graph.mapped();
    this.order = order;
    this.numbers = order.numbers();
  }

  /**
   * Fills a batch with nodes.
   *
   * @param number the first one's
   * @param most how many, of one range
   * @return how many it took, fewer if they have very many edges
   */
  int fill(Batch batch, long number, int most) {
    batch.start(number >>> Layout.BLOCK_BITS);
    int slot = (int) number & (Layout.BLOCK_NODES - 1);
    int count = find(number, most);
    for (int i = 0; i < count; i++) {
      edges(i, batch);
      long block = blocks[i];
      long cell = cells[i];
      batch.add(
          slot + i,
          Blocks.kind(bytes, block, cell),
          Blocks.keyHigh(bytes, block, cell),
          Blocks.keyLow(bytes, block, cell),
          Blocks.valueHigh(bytes, block, cell),
          Blocks.valueLow(bytes, block, cell));
    }
    return count;
  }

  /** Finds up to {@code most} nodes, fewer if they have very many edges. */
  private int find(long number, int most) {
    for (int i = 0; i < most; i++) {
      long place = order.place(order.node(number + i));
      int ordinal = Blocks.ordinal(place);
      long block = Blocks.block(place);
      long cell = Blocks.cell(bytes, block, ordinal);
      long end = Blocks.start(Blocks.cell(bytes, block, ordinal + 1));
      blocks[i] = block;
      cells[i] = cell;
      edgesAt[i] = Blocks.edges(bytes, block) + Blocks.start(cell);
      edgeCounts[i] = Blocks.edgeCount(end - Blocks.start(cell), Blocks.width(cell));
    }
    long edges = 0;
    for (int i = 0; i < most; i++) {
      edges += edgeCounts[i];
      if (edges >= Batch.MOST_EDGES) {
        return i + 1;
      }
    }
    return most;
  }

  private void edges(int i, Batch batch) {
    int count = edgeCounts[i];
    long[] into = batch.room(count);
    numbers.copy(bytes, edgesAt[i], Blocks.width(cells[i]), into, batch.edgeCount, count);
    batch.edgeCount += count;
  }
}
