package dev.calotype.graph;

import java.lang.foreign.MemorySegment;

/**
 * Looks up many keys in rounds: what is read in one round of each key needs nothing that is read in
 * the same round of another, so that the processor waits for as many reads at a time as it can.
 * What the rounds don't find is looked up alone.
 */
final class KeyBatch {
  /** Keys that go through the rounds together. */
  private static final int SIZE = 128;

  private final Graph graph;
  private final MemorySegment bytes;
  private final KeyIndex table;
  private final long[] blocks = new long[SIZE];

  @SuppressWarnings("UnusedVariable") // Written, so that the reads are done.
  private long touched;

  /** Of a graph that has an index. */
  KeyBatch(Graph graph) {
    this.graph = graph;
    this.bytes = graph.mapped();
    this.table = graph.index().getFirst();
  }

  void find(int[] kinds, long[] highs, long[] lows, long[] nodes) {
    for (int from = 0; from < nodes.length; from += SIZE) {
      int end = Math.min(from + SIZE, nodes.length);
      for (int i = from; i < end; i++) {
        nodes[i] = table.candidate(KeyHash.of(kinds[i], highs[i], lows[i]));
      }
      long sum = 0;
      for (int i = from; i < end; i++) {
        long node = nodes[i];
        long block = node == Graph.NONE ? 0 : graph.fullBlock(node);
        blocks[i - from] = block;
        sum += block == 0 ? 0 : Blocks.cell(bytes, block, (int) node & 0xff);
      }
      touched = sum;
      for (int i = from; i < end; i++) {
        long block = blocks[i - from];
        int slot = (int) nodes[i] & 0xff;
        if (block == 0 || !Blocks.hasKeyInFull(bytes, block, slot, kinds[i], highs[i], lows[i])) {
          nodes[i] = graph.find(kinds[i], highs[i], lows[i]);
        }
      }
    }
  }
}
