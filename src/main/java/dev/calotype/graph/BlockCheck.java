package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/**
 * Verifies what a graph is made of, each thing once before it is used: its checksum, over a copy,
 * and that every number in it leads to where there is something. After that, reading it needs no
 * checks.
 */
final class BlockCheck {
  private static final int COPY = 1 << 14;
  private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[COPY]);

  private final MemorySegment bytes;
  private final String file;
  private final long end;
  private final long limit;

  /**
   * A check of a file's structures.
   *
   * @param bytes the file
   * @param end where the newest commit record is, and so where everything has to end
   * @param limit the largest index and one
   */
  BlockCheck(MemorySegment bytes, String file, long end, long limit) {
    this.bytes = bytes;
    this.file = file;
    this.end = end;
    this.limit = limit;
  }

  /** Verifies a leaf of the directory. */
  void leaf(long offset, long number) {
    String structure = "leaf %d".formatted(number);
    place(structure, offset, Layout.LEAF_SIZE);
    crc(structure, offset, Layout.LEAF_SIZE);
    long actual = Endian.u64(bytes, offset + Layout.LEAF_NUMBER, true);
    equal(structure, offset + Layout.LEAF_NUMBER, "number", actual, number);
  }

  /** Verifies a page of an index table. */
  void page(IndexTable table, long page) {
    String structure = "index page %d".formatted(page);
    long start = table.offset() + page * Layout.PAGE;
    int size = (int) Math.min(Layout.PAGE, table.offset() + table.bucketBytes() - start);
    int expected = (int) Endian.u32(bytes, table.offset() + table.bucketBytes() + 4 * page, true);
    int actual = sum(start, size, new CRC32C());
    if (actual != expected) {
      throw malformed(structure, start, "checksum " + hex(actual), hex(expected));
    }
  }

  /** Verifies the block of {@code range} and all below it. */
  void blocks(long offset, long range) {
    long at = offset;
    int depth = block(at, range, Integer.MAX_VALUE);
    while (true) {
      long base = Blocks.base(bytes, at);
      if (base == 0) {
        return;
      }
      requireBelow(base, at, range);
      depth = block(base, range, depth);
      at = base;
    }
  }

  /** Makes sure that a block's header can be read, and leads down if it leads anywhere. */
  void header(long offset, long range) {
    place("block " + range, offset, Layout.LEAST_BLOCK);
    requireBelow(Blocks.base(bytes, offset), offset, range);
  }

  /** Verifies one block and returns its depth, which has to be below {@code above}. */
  private int block(long offset, long range, int above) {
    String structure = "block " + range;
    place(structure, offset, Layout.LEAST_BLOCK);
    long size = Blocks.size(bytes, offset);
    if (size < Layout.LEAST_BLOCK || size > end - offset) {
      throw malformed(
          structure,
          offset + Layout.BLOCK_SIZE,
          "size %d".formatted(size),
          "%d to %d".formatted(Layout.LEAST_BLOCK, end - offset));
    }
    crc(structure, offset, size);
    long first = Endian.u64(bytes, offset + Layout.BLOCK_FIRST, true);
    equal(structure, offset + Layout.BLOCK_FIRST, "first index", first, range << 8);
    int depth = Blocks.depth(bytes, offset);
    if (depth >= above || (depth == 0) != (Blocks.base(bytes, offset) == 0)) {
      throw malformed(structure, offset + Layout.BLOCK_DEPTH, "depth " + depth, "less than above");
    }
    int count = bitmap(structure, offset);
    dictionaries(structure, offset, size, count);
    cells(structure, offset, size, count);
    return depth;
  }

  private void requireBelow(long base, long offset, long range) {
    if (base < 0 || base >= offset) {
      throw malformed(
          "block " + range, offset + Layout.BLOCK_BASE, "base 0x%x".formatted(base), "one below");
    }
  }

  private int bitmap(String structure, long offset) {
    int count = 0;
    for (int i = 0; i < 4; i++) {
      count += Long.bitCount(Endian.u64(bytes, offset + Layout.BLOCK_BITMAP + 8L * i, true));
    }
    int actual = Blocks.count(bytes, offset);
    if (count == 0 || actual != count) {
      throw malformed(
          structure, offset + Layout.BLOCK_COUNT, actual + " nodes", count + " in the bitmap");
    }
    long last = Endian.u64(bytes, offset + Layout.BLOCK_FIRST, true) + lastSlot(offset);
    if (last >= limit) {
      throw malformed(
          structure, offset + Layout.BLOCK_BITMAP, "node " + last, "less than " + limit);
    }
    return count;
  }

  private int lastSlot(long offset) {
    int word = 3;
    long bits = 0;
    while (word >= 0) {
      bits = Endian.u64(bytes, offset + Layout.BLOCK_BITMAP + 8L * word, true);
      if (bits != 0) {
        break;
      }
      word--;
    }
    return 64 * word + 63 - Long.numberOfLeadingZeros(bits);
  }

  private void dictionaries(String structure, long offset, long size, int count) {
    int kinds = count(structure, offset, Layout.BLOCK_KINDS, count);
    int keys = count(structure, offset, Layout.BLOCK_KEYS, count);
    int prefixes = count(structure, offset, Layout.BLOCK_PREFIXES, keys);
    int values = count(structure, offset, Layout.BLOCK_VALUES, count);
    long at = Layout.BLOCK_CELLS + 8L * (count + 1) + 8L * prefixes;
    at = column(structure, offset, Layout.BLOCK_LOWS_AT, at, 8L * keys);
    at = column(structure, offset, Layout.BLOCK_VALUES_AT, at, 16L * values);
    at = column(structure, offset, Layout.BLOCK_KINDS_AT, at, 2L * kinds);
    at = column(structure, offset, Layout.BLOCK_CODES_AT, at, keys);
    column(structure, offset, Layout.BLOCK_EDGES_AT, at, Layout.BLOCK_PADDING);
    if (at > size - Layout.BLOCK_PADDING) {
      throw malformed(structure, offset + Layout.BLOCK_SIZE, "size " + size, "its columns inside");
    }
    long codes = offset + Endian.u32(bytes, offset + Layout.BLOCK_CODES_AT, true);
    for (int i = 0; i < keys; i++) {
      if (Endian.u8(bytes, codes + i) >= prefixes) {
        throw malformed(structure, codes + i, "no such prefix", "less than " + prefixes);
      }
    }
  }

  private void cells(String structure, long offset, long size, int count) {
    int kinds = Endian.u16(bytes, offset + Layout.BLOCK_KINDS, true);
    int keys = Endian.u16(bytes, offset + Layout.BLOCK_KEYS, true);
    int values = Endian.u16(bytes, offset + Layout.BLOCK_VALUES, true);
    long edges = Blocks.edges(bytes, offset);
    long edgeBytes = offset + size - Layout.BLOCK_PADDING - edges;
    long total = 0;
    long cell = Blocks.cell(bytes, offset, 0);
    if (Blocks.start(cell) != 0) {
      throw malformed(structure, offset + Layout.BLOCK_CELLS, "edges not at the start", "0");
    }
    for (int i = 0; i < count; i++) {
      long next = Blocks.cell(bytes, offset, i + 1);
      long length = Blocks.start(next) - Blocks.start(cell);
      int width = Blocks.width(cell);
      long at = offset + Layout.BLOCK_CELLS + 8L * i;
      if (Blocks.kindCode(cell) >= kinds
          || Blocks.keyCode(cell) >= keys
          || Blocks.valueCode(cell) >= values
          || width > 5
          || length < 0
          || length > edgeBytes
          || (width == 0 ? length != 0 : length % width != 0 || length == 0)
          || (width != 0 && length / width > Layout.MOST_EDGES)) {
        throw malformed(structure, at, "cell 0x%x".formatted(cell), "codes and edges inside");
      }
      if (width != 0) {
        total += length / width;
        targets(structure, edges + Blocks.start(cell), edges + Blocks.start(next), width);
      }
      cell = next;
    }
    equal(structure, offset + Layout.BLOCK_CELLS, "edge bytes", cell, edgeBytes);
    long counted = Endian.u64(bytes, offset + Layout.BLOCK_EDGES, true);
    equal(structure, offset + Layout.BLOCK_EDGES, "edges", counted, total);
  }

  private void targets(String structure, long from, long to, int width) {
    long mask = Layout.mask(width);
    // Only where a target can be too large at all.
    if (mask < limit) {
      return;
    }
    long largest = 0;
    for (long at = from; at < to; at += width) {
      largest = Math.max(largest, Endian.u64(bytes, at, true) & mask);
    }
    if (largest >= limit) {
      throw malformed(structure, from, "an edge to " + largest, "less than " + limit);
    }
  }

  private int count(String structure, long offset, int field, int most) {
    int count = Endian.u16(bytes, offset + field, true);
    if (count < 1 || count > most) {
      throw malformed(structure, offset + field, count + " entries", "1 to " + most);
    }
    return count;
  }

  private long column(String structure, long offset, int field, long expected, long size) {
    long actual = Endian.u32(bytes, offset + field, true);
    equal(structure, offset + field, "column", actual, expected);
    return expected + size;
  }

  private void place(String structure, long offset, long size) {
    if (offset < Layout.FILE_HEADER_SIZE
        || offset % Layout.ALIGNMENT != 0
        || offset > end
        || size > end - offset) {
      throw malformed(structure, offset, size + " bytes wanted", "an end before " + end);
    }
  }

  /** The checksum stands in the first four bytes and is of all that follow. */
  private void crc(String structure, long offset, long size) {
    int expected = (int) Endian.u32(bytes, offset, true);
    int actual = sum(offset + 4, size - 4, new CRC32C());
    if (actual != expected) {
      throw malformed(structure, offset, "checksum " + hex(actual), hex(expected));
    }
  }

  private int sum(long offset, long size, CRC32C crc) {
    byte[] copy = BUFFER.get();
    long at = offset;
    long left = size;
    while (left > 0) {
      int part = (int) Math.min(left, copy.length);
      MemorySegment.copy(bytes, JAVA_BYTE, at, copy, 0, part);
      crc.update(copy, 0, part);
      at += part;
      left -= part;
    }
    return (int) crc.getValue();
  }

  private void equal(String structure, long at, String what, long actual, long expected) {
    if (actual != expected) {
      throw malformed(structure, at, "%s %d".formatted(what, actual), Long.toString(expected));
    }
  }

  private MalformedImageException malformed(
      String structure, long offset, String actual, String expected) {
    return new MalformedImageException(file, structure, offset, actual, expected);
  }

  private static String hex(int sum) {
    return "%08x".formatted(sum);
  }
}
