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
  private final long[] cells = new long[SIZE];

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
      for (int i = from; i < end; i++) {
        long node = nodes[i];
        long block = node == Graph.NONE ? 0 : graph.fullBlock(node);
        if (block == 0) {
          nodes[i] = Graph.NONE;
        } else {
          cells[i - from] = Blocks.cell(bytes, block, (int) node & 0xff);
        }
      }
      for (int i = from; i < end; i++) {
        long node = nodes[i];
        boolean found =
            node != Graph.NONE
                && Blocks.hasKey(
                    bytes, graph.fullBlock(node), cells[i - from], kinds[i], highs[i], lows[i]);
        nodes[i] = found ? node : graph.find(kinds[i], highs[i], lows[i]);
      }
    }
  }
}
