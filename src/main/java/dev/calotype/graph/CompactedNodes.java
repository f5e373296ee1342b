package dev.calotype.graph;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Gathers a compacted graph's nodes, which are anywhere in the old one. What is needed of each is
 * read in rounds over all of a batch, so that the processor waits for many reads at a time.
 */
final class CompactedNodes {
  private final Graph graph;
  private final MemorySegment bytes;
  private final CanonicalOrder order;
  private final Numbers numbers;
  private final long[] blocks = new long[Layout.BLOCK_NODES];
  private final long[] cells = new long[Layout.BLOCK_NODES];
  private final long[] edgesAt = new long[Layout.BLOCK_NODES];

  @SuppressWarnings("UnusedVariable") // Written, so that the reads are done.
  private long touched;

  CompactedNodes(Graph graph, CanonicalOrder order) {
    this.graph = graph;
    this.bytes = graph.mapped();
    this.order = order;
    this.numbers = order.numbers();
  }

  /**
   * Fills a batch with nodes.
   *
   * @param number the first one's
   * @param most how many, of one range
   * @param numbering waited for where nodes depend on each other in a circle
   * @return how many it took, fewer if they have very many edges
   */
  int fill(Batch batch, long number, int most, Numbering numbering) throws IOException {
    batch.start(number >>> Layout.BLOCK_BITS);
    find(number, most);
    int count = counts(batch, most);
    nodes(batch, (int) number & (Layout.BLOCK_NODES - 1), count);
    if (!edges(batch, count)) {
      numbering.awaitClosed(number + count);
      if (!edges(batch, count)) {
        throw new MalformedImageException(
            graph.path().toString(), "edge", 0, "to a node that has changed", "to a node");
      }
    }
    return count;
  }

  /** Finds the nodes: block, cell, and how many bytes their edges have. */
  private void find(long number, int most) {
    for (int i = 0; i < most; i++) {
      long place = order.place(order.node(number + i));
      long block = Blocks.block(place);
      int ordinal = Blocks.ordinal(place);
      long cell = Blocks.cell(bytes, block, ordinal);
      blocks[i] = block;
      cells[i] = cell;
      edgesAt[i] = Blocks.start(Blocks.cell(bytes, block, ordinal + 1)) - Blocks.start(cell);
    }
  }

  /** Says where each node's edges will end, for as many nodes as the batch takes. */
  private int counts(Batch batch, int most) {
    int end = 0;
    for (int i = 0; i < most; i++) {
      end = Math.addExact(end, Blocks.edgeCount(edgesAt[i], Blocks.width(cells[i])));
      batch.ends[i] = end;
      if (end >= Batch.MOST_EDGES) {
        return i + 1;
      }
    }
    return most;
  }

  /** Takes all but the edges, and finds where these are: near already when they are wanted. */
  private void nodes(Batch batch, int slot, int count) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      long block = blocks[i];
      long cell = cells[i];
      batch.slots[i] = slot + i;
      batch.kinds[i] = Blocks.kind(bytes, block, cell);
      batch.keys[2 * i] = Blocks.keyHigh(bytes, block, cell);
      batch.keys[2 * i + 1] = Blocks.keyLow(bytes, block, cell);
      batch.values[2 * i] = Blocks.valueHigh(bytes, block, cell);
      batch.values[2 * i + 1] = Blocks.valueLow(bytes, block, cell);
      edgesAt[i] = Blocks.edges(bytes, block) + Blocks.start(cell);
      sum += Endian.u64(bytes, edgesAt[i], true);
    }
    touched = sum;
    batch.count = count;
  }

  /** Takes the edges; false if something that they lead to has no number yet. */
  private boolean edges(Batch batch, int count) {
    int all = batch.ends[count - 1];
    batch.edgeCount = 0;
    long[] into = batch.room(all);
    batch.edgeCount = all;
    int from = 0;
    for (int i = 0; i < count; i++) {
      int width = Blocks.width(cells[i]);
      long mask = Layout.mask(width);
      long at = edgesAt[i];
      int end = batch.ends[i];
      for (int edge = from; edge < end; edge++) {
        into[edge] = Endian.u64(bytes, at, true) & mask;
        at += width;
      }
      from = end;
    }
    return numbers.replace(into, all);
  }
}
