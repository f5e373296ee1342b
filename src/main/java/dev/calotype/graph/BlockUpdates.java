package dev.calotype.graph;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Puts together the updated nodes of each block, in order, with what lies below if that is little.
 * Heap: eight bytes for each update among a million neighbouring indices.
 */
final class BlockUpdates {
  /** Indices that are looked at together: so many, and as many passes over the log. */
  private static final int WINDOW_BITS = 20;

  /** Where an update is in the log, in units of eight bytes. */
  private static final int PLACE_BITS = 63 - WINDOW_BITS;

  /** What a node takes in a block besides its edges: a cell and, most often, a value. */
  private static final int NODE_BYTES = 24;

  private final MemorySegment log;
  private final PendingNodes pending;
  private final Directory directory;
  private final BlockMerge merge;
  private final Batch batch = new Batch();
  private final long[] replaced = new long[Layout.BLOCK_NODES];
  private long moreEdges;
  private long deadBytes;

  /** Takes the blocks. */
  interface Sink {
    /** Writes a block that goes on top of {@code base}. */
    void write(Batch batch, long base, int depth) throws IOException;
  }

  BlockUpdates(MemorySegment log, PendingNodes pending, Directory directory) {
    this.log = log;
    this.pending = pending;
    this.directory = directory;
    this.merge = new BlockMerge(pending);
  }

  /** By how many edges the graph grows. */
  long moreEdges() {
    return moreEdges;
  }

  /** Bytes that nothing leads to after this. */
  long deadBytes() {
    return deadBytes + merge.deadBytes();
  }

  /** Makes the blocks, by index. */
  void forEach(Sink sink) throws IOException {
    long most = 0;
    for (long at = 0; at < log.byteSize(); at = UpdateLog.next(log, at)) {
      most = Math.max(most, UpdateLog.node(log, at));
    }
    int[] counts = new int[(int) (most >>> WINDOW_BITS) + 1];
    for (long at = 0; at < log.byteSize(); at = UpdateLog.next(log, at)) {
      counts[(int) (UpdateLog.node(log, at) >>> WINDOW_BITS)]++;
    }
    for (int window = 0; window < counts.length; window++) {
      if (counts[window] > 0) {
        window(window, counts[window], sink);
      }
    }
  }

  /** Sorts a window's updates: the index in the upper bits, where it is in the log in the lower. */
  private void window(int window, int count, Sink sink) throws IOException {
    long[] order = new long[count];
    int i = 0;
    for (long at = 0; at < log.byteSize(); at = UpdateLog.next(log, at)) {
      long node = UpdateLog.node(log, at);
      if (node >>> WINDOW_BITS == window) {
        order[i++] = (node & (1 << WINDOW_BITS) - 1) << PLACE_BITS | at >>> 3;
      }
    }
    Arrays.sort(order);
    long first = (long) window << WINDOW_BITS;
    for (int n = 0; n < count; ) {
      n = block(order, n, first, sink);
    }
  }

  private int block(long[] order, int from, long first, Sink sink) throws IOException {
    int n = from;
    batch.start(node(order[n], first) >>> Layout.BLOCK_BITS);
    long top = directory.block(batch.range);
    for (; n < order.length; n++) {
      long entry = order[n];
      long node = node(entry, first);
      if (node >>> Layout.BLOCK_BITS != batch.range) {
        break;
      }
      long at = (entry & (1L << PLACE_BITS) - 1) << 3;
      long place = pending.place(top, node);
      replaced[batch.count] = place;
      int edges = UpdateLog.edgeCount(log, at);
      UpdateLog.edges(log, at, batch.room(edges), batch.edgeCount);
      batch.edgeCount += edges;
      moreEdges += edges - pending.edgeCount(place);
      batch.add(
          (int) node & 0xff,
          pending.kind(place),
          pending.keyHigh(place),
          pending.keyLow(place),
          UpdateLog.valueHigh(log, at),
          UpdateLog.valueLow(log, at));
    }
    Batch merged = merge.merge(batch, top);
    for (int i = 0; i < batch.count; i++) {
      if (Blocks.block(replaced[i]) <= merge.base()) {
        deadBytes += NODE_BYTES + pending.edgeBytes(replaced[i]);
      }
    }
    sink.write(merged, merge.base(), merge.depth());
    return n;
  }

  private static long node(long entry, long first) {
    return first + (entry >>> PLACE_BITS);
  }
}
