package dev.calotype.graph;

import java.util.Arrays;

/** Up to 256 nodes of one range of indices, on their way into a block. */
final class Batch {
  /** Beyond that many edges a batch is written, full or not. */
  static final int MOST_EDGES = 1 << 16;

  private static final int EDGES_AT_FIRST = 1 << 12;

  final int[] slots = new int[Layout.BLOCK_NODES];
  final int[] kinds = new int[Layout.BLOCK_NODES];
  final long[] keys = new long[2 * Layout.BLOCK_NODES];
  final long[] values = new long[2 * Layout.BLOCK_NODES];
  final int[] ends = new int[Layout.BLOCK_NODES];
  long[] edges = new long[EDGES_AT_FIRST];

  /** The index without its low eight bits, shifted down. */
  long range;

  int count;
  int edgeCount;

  void start(long range) {
    this.range = range;
    count = 0;
    edgeCount = 0;
    // One node with very many edges is no reason to keep an array of that size.
    if (edges.length > 2 * MOST_EDGES) {
      edges = new long[EDGES_AT_FIRST];
    }
  }

  /** Room for {@code more} edges at {@link #edgeCount}, which whoever fills it counts up. */
  long[] room(int more) {
    int needed = Math.addExact(edgeCount, more);
    if (needed > edges.length) {
      edges = Arrays.copyOf(edges, Math.max(needed, (int) Math.min(2L * edges.length, 1 << 28)));
    }
    return edges;
  }

  /** Adds a node whose edges are in their place already. Slots have to ascend. */
  void add(int slot, int kind, long keyHigh, long keyLow, long valueHigh, long valueLow) {
    slots[count] = slot;
    kinds[count] = kind;
    keys[2 * count] = keyHigh;
    keys[2 * count + 1] = keyLow;
    values[2 * count] = valueHigh;
    values[2 * count + 1] = valueLow;
    ends[count] = edgeCount;
    count++;
  }

  /** Adds another batch's node. */
  void addFrom(Batch other, int i) {
    int from = i == 0 ? 0 : other.ends[i - 1];
    int more = other.ends[i] - from;
    System.arraycopy(other.edges, from, room(more), edgeCount, more);
    edgeCount += more;
    add(
        other.slots[i],
        other.kinds[i],
        other.keys[2 * i],
        other.keys[2 * i + 1],
        other.values[2 * i],
        other.values[2 * i + 1]);
  }
}
