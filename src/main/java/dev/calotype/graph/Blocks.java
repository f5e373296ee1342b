package dev.calotype.graph;

import static dev.calotype.bytes.Endian.u16;
import static dev.calotype.bytes.Endian.u32;
import static dev.calotype.bytes.Endian.u64;
import static dev.calotype.bytes.Endian.u8;

import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;

/**
 * Reads blocks in place. Whoever calls has had the block verified ({@link BlockCheck}), so nothing
 * is checked here but what the segment itself checks.
 *
 * <p>A <em>place</em> is where a node is: its block's offset times four, plus its ordinal in the
 * block.
 */
final class Blocks {
  /** The place of an index that no node has. */
  static final long NOWHERE = -1;

  /** Bytes of a block with all 256 nodes up to its prefixes. */
  private static final int FULL_CELLS = Layout.BLOCK_CELLS + 8 * (Layout.BLOCK_NODES + 1);

  /** 2³² by each width, rounded up. */
  private static final long[] RECIPROCALS = {
    0, 1L << 32, 1L << 31, (1L << 32) / 3 + 1, 1L << 30, (1L << 32) / 5 + 1, 0, 0
  };

  private Blocks() {}

  static long place(long block, int ordinal) {
    return block << 2 | ordinal;
  }

  static long block(long place) {
    return place >>> 8 << 6;
  }

  static int ordinal(long place) {
    return (int) place & 0xff;
  }

  /** Looks for a node in a block and in those below it. */
  static long place(MemorySegment bytes, long block, long node) {
    return count(bytes, block) == Layout.BLOCK_NODES
        ? place(block, (int) node & 0xff)
        : placeInSome(bytes, block, node);
  }

  /** The same where the block has not all 256. */
  static long placeInSome(MemorySegment bytes, long block, long node) {
    int slot = (int) node & 0xff;
    long at = block;
    while (true) {
      int ordinal = ordinal(bytes, at, slot);
      if (ordinal >= 0) {
        return place(at, ordinal);
      }
      long base = base(bytes, at);
      // Going down only, whatever the bytes have become since they were verified.
      if (base <= 0 || base >= at) {
        return NOWHERE;
      }
      at = base;
    }
  }

  /** How many of the block's nodes come before that slot; −1 if there is none in it. */
  static int ordinal(MemorySegment bytes, long block, int slot) {
    int word = slot >>> 6;
    long bits = u64(bytes, block + Layout.BLOCK_BITMAP + 8L * word, true);
    if ((bits >>> slot & 1) == 0) {
      return -1;
    }
    int ordinal = Long.bitCount(bits & (1L << slot) - 1);
    for (int i = 0; i < word; i++) {
      ordinal += Long.bitCount(u64(bytes, block + Layout.BLOCK_BITMAP + 8L * i, true));
    }
    return ordinal;
  }

  static long size(MemorySegment bytes, long block) {
    return u32(bytes, block + Layout.BLOCK_SIZE, true);
  }

  static long base(MemorySegment bytes, long block) {
    return u64(bytes, block + Layout.BLOCK_BASE, true);
  }

  static int count(MemorySegment bytes, long block) {
    return u16(bytes, block + Layout.BLOCK_COUNT, true);
  }

  static int depth(MemorySegment bytes, long block) {
    return u16(bytes, block + Layout.BLOCK_DEPTH, true);
  }

  static long cell(MemorySegment bytes, long block, int ordinal) {
    return u64(bytes, block + Layout.BLOCK_CELLS + 8L * ordinal, true);
  }

  static int kindCode(long cell) {
    return (int) (cell >>> 32) & 0xff;
  }

  static int keyCode(long cell) {
    return (int) (cell >>> 40) & 0xff;
  }

  static int valueCode(long cell) {
    return (int) (cell >>> 48) & 0xff;
  }

  /** Bytes of an edge; 0 if there are none. */
  static int width(long cell) {
    return (int) (cell >>> 56);
  }

  /** Where its edges start, from the start of the block's. */
  static long start(long cell) {
    return cell & 0xffff_ffffL;
  }

  static int kind(MemorySegment bytes, long block, long cell) {
    return u16(bytes, block + at(bytes, block, Layout.BLOCK_KINDS_AT) + 2L * kindCode(cell), true);
  }

  static long keyLow(MemorySegment bytes, long block, long cell) {
    return u64(bytes, block + at(bytes, block, Layout.BLOCK_LOWS_AT) + 8L * keyCode(cell), true);
  }

  static long keyHigh(MemorySegment bytes, long block, long cell) {
    int code = u8(bytes, block + at(bytes, block, Layout.BLOCK_CODES_AT) + keyCode(cell));
    int prefixes = Layout.BLOCK_CELLS + 8 + 8 * count(bytes, block);
    return u64(bytes, block + prefixes + 8L * code, true);
  }

  /**
   * Whether a node of a block with all 256 has that key. With as few reads and checks as it takes:
   * lookups do little else. Of a slice whose size is constant no read at a constant is checked.
   */
  static boolean hasKeyInFull(
      MemorySegment bytes, long block, int slot, int kind, long high, long low) {
    MemorySegment cells = bytes.asSlice(block, FULL_CELLS);
    long cell = u64(cells, Layout.BLOCK_CELLS + 8L * slot, true);
    int key = keyCode(cell);
    if (u64(bytes, block + u32(cells, Layout.BLOCK_LOWS_AT, true) + 8L * key, true) != low) {
      return false;
    }
    long others = u64(cells, Layout.BLOCK_KINDS_AT, true);
    int code = u8(bytes, block + (others >>> 32) + key);
    return u64(bytes, block + FULL_CELLS + 8L * code, true) == high
        && u16(bytes, block + (others & 0xffff_ffffL) + 2L * kindCode(cell), true) == kind;
  }

  /** Whether a block or one below it has a node, with that key. */
  static boolean hasKeyInSome(
      MemorySegment bytes, long block, long node, int kind, long high, long low) {
    long place = placeInSome(bytes, block, node);
    if (place == NOWHERE) {
      return false;
    }
    long in = block(place);
    long cell = cell(bytes, in, ordinal(place));
    return keyLow(bytes, in, cell) == low
        && keyHigh(bytes, in, cell) == high
        && kind(bytes, in, cell) == kind;
  }

  static long valueHigh(MemorySegment bytes, long block, long cell) {
    return u64(bytes, value(bytes, block, cell), true);
  }

  static long valueLow(MemorySegment bytes, long block, long cell) {
    return u64(bytes, value(bytes, block, cell) + 8, true);
  }

  static long edges(MemorySegment bytes, long block) {
    return block + at(bytes, block, Layout.BLOCK_EDGES_AT);
  }

  /** How many edges {@code size} bytes of that width are. */
  static int edgeCount(long size, int width) {
    // Exact for whole edges of less than 2^31 bytes: one node has no more. A division is slow.
    return (int) ((size * RECIPROCALS[width & 7]) >>> 32);
  }

  private static long value(MemorySegment bytes, long block, long cell) {
    return block + at(bytes, block, Layout.BLOCK_VALUES_AT) + 16L * valueCode(cell);
  }

  private static long at(MemorySegment bytes, long block, int field) {
    return Endian.u32(bytes, block + field, true);
  }
}
