package dev.calotype.graph;

import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Nodes that edges of a segment lead to and that were not known to be there when the edge was
 * written: recorded later, by another thread, or by nobody. Heap: a bit for each 256 indices, and
 * 100 bytes for each 256 among which there are such nodes.
 */
final class OpenTargets {
  private static final long[] NO_BITS = {};

  private final Optional<Graph> previous;

  /** A bit for each range whose indices all have a node. */
  private long[] full = new long[64];

  private final Map<Long, long[]> open = new HashMap<>();
  private long lastRange = -1;
  private long[] lastBits = NO_BITS;

  OpenTargets(Optional<Graph> previous) {
    this.previous = previous;
  }

  /** Takes the edges of a block that is written. */
  void add(Batch batch) {
    if (batch.count == Layout.BLOCK_NODES) {
      setFull(batch.range);
    }
    for (int i = 0; i < batch.edgeCount; i++) {
      long target = batch.edges[i];
      long range = target >>> Layout.BLOCK_BITS;
      if (!isFull(range)) {
        bits(range)[(int) target >>> 6 & 3] |= 1L << target;
      }
    }
  }

  /** One of these nodes that is not there, {@link Graph#NONE} if all are. */
  long missing(PendingNodes nodes) {
    long least = Graph.NONE;
    for (Map.Entry<Long, long[]> entry : open.entrySet()) {
      long first = entry.getKey() << Layout.BLOCK_BITS;
      for (int slot = 0; slot < Layout.BLOCK_NODES; slot++) {
        long node = first + slot;
        if ((entry.getValue()[slot >>> 6] >>> slot & 1) != 0
            && (least == Graph.NONE || node < least)
            && !nodes.isThere(node)) {
          least = node;
        }
      }
    }
    return least;
  }

  /** The first node with an edge to {@code target} in blocks that follow each other. */
  static long source(MemorySegment blocks, long target) {
    for (long at = 0; at < blocks.byteSize(); at += Layout.align(Blocks.size(blocks, at))) {
      long[] edges = new long[256];
      for (int slot = 0; slot < Layout.BLOCK_NODES; slot++) {
        int ordinal = Blocks.ordinal(blocks, at, slot);
        int count = ordinal < 0 ? 0 : NodeCursor.edges(blocks, at, ordinal, edges);
        if (count > edges.length) {
          edges = new long[count];
          NodeCursor.edges(blocks, at, ordinal, edges);
        }
        for (int i = 0; i < count; i++) {
          if (edges[i] == target) {
            return Endian.u64(blocks, at + Layout.BLOCK_FIRST, true) + slot;
          }
        }
      }
    }
    return Graph.NONE;
  }

  private boolean isFull(long range) {
    int word = (int) Math.min(range >>> 6, Integer.MAX_VALUE);
    if (word < full.length && (full[word] >>> range & 1) != 0) {
      return true;
    }
    if (previous.isEmpty() || range >= previous.get().commit().blocks()) {
      return false;
    }
    Graph graph = previous.get();
    long block = graph.entry(range);
    graph.check().header(block, range);
    if (Blocks.count(graph.mapped(), block) < Layout.BLOCK_NODES) {
      return false;
    }
    setFull(range);
    return true;
  }

  private void setFull(long range) {
    int word = Math.toIntExact(range >>> 6);
    if (word >= full.length) {
      full = Arrays.copyOf(full, Math.max(word + 1, 2 * full.length));
    }
    full[word] |= 1L << range;
  }

  private long[] bits(long range) {
    if (range != lastRange) {
      lastRange = range;
      lastBits = open.computeIfAbsent(range, _ -> new long[Layout.BLOCK_NODES / Long.SIZE]);
    }
    return lastBits;
  }
}
