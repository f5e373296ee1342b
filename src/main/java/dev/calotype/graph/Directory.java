package dev.calotype.graph;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Endian;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Which block holds the nodes of a range, while a segment is written: the leaves that it changes,
 * copied from the graph before it. Heap: eight bytes for each 256 nodes of those leaves.
 */
final class Directory {
  private static final long[] NONE = {};

  private final Optional<Graph> previous;
  private final long previousRanges;
  private final long previousEnd;
  private long[][] leaves = {};
  private long ranges;

  Directory(Optional<Graph> previous) {
    this.previous = previous;
    this.previousRanges = previous.map(graph -> graph.commit().blocks()).orElse(0L);
    this.previousEnd = previous.map(Graph::bytes).orElse(0L);
    this.ranges = previousRanges;
  }

  /** How many ranges have a block. */
  long ranges() {
    return ranges;
  }

  /** Where the topmost block of a range is; 0 if there is none. One of before is verified. */
  long block(long range) {
    long block = entry(range);
    return block != 0 && block < previousEnd ? previous.orElseThrow().block(range) : block;
  }

  /** The same; a block of before is not verified. */
  long entry(long range) {
    long[] leaf = leaf((int) (range >>> Layout.LEAF_BITS));
    if (leaf.length > 0) {
      return leaf[(int) range & Layout.LEAF_ENTRIES - 1];
    }
    return range < previousRanges ? previous.orElseThrow().entry(range) : 0;
  }

  /** Puts a block on top of a range. */
  void set(long range, long block) {
    int number = Math.toIntExact(range >>> Layout.LEAF_BITS);
    if (number >= leaves.length) {
      int length = leaves.length;
      leaves = Arrays.copyOf(leaves, Math.max(number + 1, 2 * length));
      Arrays.fill(leaves, length, leaves.length, NONE);
    }
    long[] leaf = leaf(number);
    if (leaf.length == 0) {
      leaf = new long[Layout.LEAF_ENTRIES];
      long first = (long) number << Layout.LEAF_BITS;
      for (int i = 0; i < leaf.length && first + i < previousRanges; i++) {
        leaf[i] = previous.orElseThrow().entry(first + i);
      }
      leaves[number] = leaf;
    }
    leaf[(int) range & Layout.LEAF_ENTRIES - 1] = block;
    ranges = Math.max(ranges, range + 1);
  }

  /** Writes the changed leaves and the root. */
  Root write(SegmentFile out) throws IOException {
    int count = Math.toIntExact((ranges + Layout.LEAF_ENTRIES - 1) >>> Layout.LEAF_BITS);
    long dead = 8 * Layout.leaves(previousRanges << Layout.BLOCK_BITS);
    byte[] bytes = new byte[Layout.LEAF_SIZE];
    ByteWriter root = new ByteWriter(8 * count);
    for (int number = 0; number < count; number++) {
      long[] leaf = leaf(number);
      boolean isOld = (long) number << Layout.LEAF_BITS < previousRanges;
      if (leaf.length == 0) {
        root.u64(previousLeaf(number));
        continue;
      }
      dead += isOld ? Layout.LEAF_SIZE : 0;
      ByteWriter page = new ByteWriter(bytes).at(Layout.LEAF_NUMBER).u64(number);
      page.at(Layout.LEAF_TABLE);
      for (long block : leaf) {
        page.u64(block);
      }
      page.at(0).u32(Layout.crc(bytes, 4, bytes.length - 4));
      root.u64(out.append(bytes, bytes.length));
    }
    long offset = out.append(root.array(), root.array().length);
    CRC32C crc = new CRC32C();
    crc.update(root.array());
    return new Root(offset, (int) crc.getValue(), dead);
  }

  /** The leaf, if this segment changes it; else an empty one. */
  private long[] leaf(int number) {
    return number < leaves.length ? leaves[number] : NONE;
  }

  private long previousLeaf(int number) {
    Graph graph = previous.orElseThrow();
    return Endian.u64(graph.mapped(), graph.commit().root() + 8L * number, true);
  }

  /**
   * A root that was written.
   *
   * @param offset where
   * @param crc its checksum
   * @param dead bytes of the leaves and the root that it replaces
   */
  record Root(long offset, int crc, long dead) {}
}
