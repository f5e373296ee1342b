package dev.calotype.graph;

import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;

/**
 * Goes through a graph's nodes by index, or through those of one kind. Allocates nothing on its
 * way. Not safe for use by several threads; several cursors are.
 *
 * <pre>{@code
 * for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
 *   total += cursor.edgeCount();
 * }
 * }</pre>
 */
public final class NodeCursor {
  static final int ALL_KINDS = -1;

  private final Graph graph;
  private final MemorySegment bytes;
  private final int wanted;
  private final long limit;
  private long node;
  private long top;
  private boolean full;
  private long block;
  private int ordinal;
  private long cell;

  /** Goes through indices from {@code first}, a multiple of 256. */
  NodeCursor(Graph graph, int wanted, long first, long limit) {
    this.graph = graph;
    this.bytes = graph.mapped();
    this.wanted = wanted;
    this.limit = limit;
    this.node = first - 1;
  }

  /** Goes to the next node; false if there is none. */
  public boolean next() {
    while (++node < limit) {
      int slot = (int) node & 0xff;
      if (slot == 0) {
        enter();
      }
      if (full) {
        block = top;
        ordinal = slot;
      } else {
        long place = Blocks.place(bytes, top, node);
        if (place == Blocks.NOWHERE) {
          continue;
        }
        block = Blocks.block(place);
        ordinal = Blocks.ordinal(place);
      }
      cell = Blocks.cell(bytes, block, ordinal);
      if (wanted == ALL_KINDS || Blocks.kind(bytes, block, cell) == wanted) {
        return true;
      }
    }
    node = limit;
    return false;
  }

  private void enter() {
    while (true) {
      top = graph.block(node >>> Layout.BLOCK_BITS);
      full = Blocks.count(bytes, top) == Layout.BLOCK_NODES;
      if (wanted == ALL_KINDS || !full || hasWanted()) {
        return;
      }
      if (node + Layout.BLOCK_NODES >= limit) {
        return;
      }
      node += Layout.BLOCK_NODES;
    }
  }

  private boolean hasWanted() {
    int kinds = Endian.u16(bytes, top + Layout.BLOCK_KINDS, true);
    long at = top + Endian.u32(bytes, top + Layout.BLOCK_KINDS_AT, true);
    for (int i = 0; i < kinds; i++) {
      if (Endian.u16(bytes, at + 2L * i, true) == wanted) {
        return true;
      }
    }
    return false;
  }

  /** The node's index. */
  public long node() {
    return node;
  }

  /** Its kind, 0 to 65,535. */
  public int kind() {
    return Blocks.kind(bytes, block, cell);
  }

  /** The first half of its key's fingerprint. */
  public long keyHigh() {
    return Blocks.keyHigh(bytes, block, cell);
  }

  /** The second half of its key's fingerprint. */
  public long keyLow() {
    return Blocks.keyLow(bytes, block, cell);
  }

  /** The first half of its value's fingerprint. */
  public long valueHigh() {
    return Blocks.valueHigh(bytes, block, cell);
  }

  /** The second half of its value's fingerprint. */
  public long valueLow() {
    return Blocks.valueLow(bytes, block, cell);
  }

  /** How many nodes it depends on. */
  public int edgeCount() {
    long next = Blocks.cell(bytes, block, ordinal + 1);
    return Blocks.edgeCount(Blocks.start(next) - Blocks.start(cell), Blocks.width(cell));
  }

  /**
   * Copies the nodes that it depends on.
   *
   * @param into takes as many as it has room for
   * @return how many there are
   */
  public int edges(long[] into) {
    return edges(bytes, block, ordinal, into);
  }

  static int edges(MemorySegment bytes, long block, int ordinal, long[] into) {
    return edges(bytes, block, ordinal, into, 0);
  }

  /** Copies a node's edges behind {@code from} and says how many there are. */
  static int edges(MemorySegment bytes, long block, int ordinal, long[] into, int from) {
    long cell = Blocks.cell(bytes, block, ordinal);
    int width = Blocks.width(cell);
    long size = Blocks.start(Blocks.cell(bytes, block, ordinal + 1)) - Blocks.start(cell);
    int count = Blocks.edgeCount(size, width);
    long at = Blocks.edges(bytes, block) + Blocks.start(cell);
    long mask = Layout.mask(width);
    int end = from + Math.min(count, into.length - from);
    for (int i = from; i < end; i++) {
      into[i] = Endian.u64(bytes, at, true) & mask;
      at += width;
    }
    return count;
  }
}
