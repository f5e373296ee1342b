package dev.calotype.graph;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Reads the nodes of a graph and of a segment that is about to be added to it. */
final class PendingNodes {
  private final Optional<Graph> previous;
  private final Directory directory;
  private final MemorySegment pending;
  private final long start;

  /**
   * Reads through both.
   *
   * @param pending what has been written of the segment
   * @param start where it will be in the file
   */
  PendingNodes(Optional<Graph> previous, Directory directory, MemorySegment pending, long start) {
    this.previous = previous;
    this.directory = directory;
    this.pending = pending;
    this.start = start;
  }

  /** The bytes that a block is in. */
  MemorySegment bytes(long block) {
    return block >= start ? pending : previous.orElseThrow().mapped();
  }

  /** Where it is in these. */
  long at(long block) {
    return block >= start ? block - start : block;
  }

  int count(long block) {
    return Blocks.count(bytes(block), at(block));
  }

  long size(long block) {
    return Blocks.size(bytes(block), at(block));
  }

  int depth(long block) {
    return Blocks.depth(bytes(block), at(block));
  }

  long base(long block) {
    return Blocks.base(bytes(block), at(block));
  }

  int ordinal(long block, int slot) {
    return Blocks.ordinal(bytes(block), at(block), slot);
  }

  /** Where a node is, as in {@link Blocks#place}. */
  long place(long node) {
    return place(directory.block(node >>> Layout.BLOCK_BITS), node);
  }

  /** Where a node is, looking from a block downwards. */
  long place(long top, long node) {
    int slot = (int) node & 0xff;
    for (long block = top; block != 0; block = base(block)) {
      int ordinal = ordinal(block, slot);
      if (ordinal >= 0) {
        return Blocks.place(block, ordinal);
      }
    }
    return Blocks.NOWHERE;
  }

  /**
   * Whether there is such a node, by the bitmaps of blocks. Blocks that were there before are not
   * verified for that: they may be large, and nobody asks what is in them.
   */
  boolean isThere(long node) {
    long range = node >>> Layout.BLOCK_BITS;
    for (long block = directory.entry(range); block != 0; block = base(block)) {
      if (block < start) {
        previous.orElseThrow().check().header(block, range);
      }
      if (ordinal(block, (int) node & 0xff) >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether two nodes that are there have the same kind and key. */
  boolean sameKey(long a, long b) {
    long placeA = place(a);
    long placeB = place(b);
    return keyLow(placeA) == keyLow(placeB)
        && keyHigh(placeA) == keyHigh(placeB)
        && kind(placeA) == kind(placeB);
  }

  int kind(long place) {
    long block = Blocks.block(place);
    return Blocks.kind(bytes(block), at(block), cell(place));
  }

  long keyHigh(long place) {
    long block = Blocks.block(place);
    return Blocks.keyHigh(bytes(block), at(block), cell(place));
  }

  long keyLow(long place) {
    long block = Blocks.block(place);
    return Blocks.keyLow(bytes(block), at(block), cell(place));
  }

  /** Bytes of its edges. */
  long edgeBytes(long place) {
    long block = Blocks.block(place);
    long next = Blocks.cell(bytes(block), at(block), Blocks.ordinal(place) + 1);
    return Blocks.start(next) - Blocks.start(cell(place));
  }

  int edgeCount(long place) {
    return Blocks.edgeCount(edgeBytes(place), Blocks.width(cell(place)));
  }

  /** Adds a node of another block to a batch. */
  void copy(long place, int slot, Batch into) {
    long block = Blocks.block(place);
    MemorySegment bytes = bytes(block);
    long at = at(block);
    long cell = cell(place);
    int count = edgeCount(place);
    long[] edges = into.room(count);
    NodeCursor.edges(bytes, at, Blocks.ordinal(place), edges, into.edgeCount);
    into.edgeCount += count;
    into.add(
        slot,
        Blocks.kind(bytes, at, cell),
        Blocks.keyHigh(bytes, at, cell),
        Blocks.keyLow(bytes, at, cell),
        Blocks.valueHigh(bytes, at, cell),
        Blocks.valueLow(bytes, at, cell));
  }

  private long cell(long place) {
    long block = Blocks.block(place);
    return Blocks.cell(bytes(block), at(block), Blocks.ordinal(place));
  }
}
