package dev.calotype.graph;

import java.util.zip.CRC32C;

/** Numbers of the format: see docs/graph-format.md. Offsets are from the structure's start. */
final class Layout {
  /** The largest index of a node is one less: targets of edges have at most five bytes. */
  static final long MOST_NODES = 1L << 40;

  /** The largest kind. */
  static final int MOST_KIND = 0xffff;

  /** The most edges of one node. */
  static final int MOST_EDGES = 1 << 28;

  /** Everything starts at a multiple of this. */
  static final int ALIGNMENT = 64;

  static final int FILE_HEADER_SIZE = 64;

  /** Indices in a block: those that agree in all but their low eight bits. */
  static final int BLOCK_NODES = 256;

  static final int BLOCK_BITS = 8;

  // A block.
  static final int BLOCK_CRC = 0;
  static final int BLOCK_SIZE = 4;
  static final int BLOCK_FIRST = 8;
  static final int BLOCK_BASE = 16;
  static final int BLOCK_COUNT = 24;
  static final int BLOCK_DEPTH = 26;
  static final int BLOCK_KINDS = 28;
  static final int BLOCK_PREFIXES = 30;
  static final int BLOCK_KEYS = 32;
  static final int BLOCK_VALUES = 34;
  static final int BLOCK_LOWS_AT = 36;
  static final int BLOCK_VALUES_AT = 40;
  static final int BLOCK_KINDS_AT = 44;
  static final int BLOCK_CODES_AT = 48;
  static final int BLOCK_EDGES_AT = 52;
  static final int BLOCK_EDGES = 56;
  static final int BLOCK_BITMAP = 64;
  static final int BLOCK_CELLS = 96;

  /** Zeros behind the edges, so that each is one read of eight bytes. */
  static final int BLOCK_PADDING = 8;

  /** A node, its dictionaries' entries, the last cell. */
  static final int LEAST_BLOCK = BLOCK_CELLS + 16 + 8 + 8 + 16 + 2 + 1 + BLOCK_PADDING;

  /** The most blocks that hold nodes of the same 256 indices. */
  static final int MOST_DEPTH = 0xffff;

  // A leaf of the directory.
  static final int LEAF_BITS = 9;
  static final int LEAF_ENTRIES = 1 << LEAF_BITS;
  static final int LEAF_NUMBER = 8;
  static final int LEAF_TABLE = 64;
  static final int LEAF_SIZE = LEAF_TABLE + 8 * LEAF_ENTRIES;

  /** Bytes of an index table that one checksum is for. */
  static final int PAGE = 4096;

  static final int BUCKET = 64;
  static final int MOST_TABLES = 16;

  private Layout() {}

  /** The next multiple of {@link #ALIGNMENT}. */
  static long align(long offset) {
    return (offset + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** How many blocks of indices there are below {@code limit}. */
  static long ranges(long limit) {
    return (limit + BLOCK_NODES - 1) >>> BLOCK_BITS;
  }

  /** How many leaves the directory has for indices below {@code limit}. */
  static long leaves(long limit) {
    return (ranges(limit) + LEAF_ENTRIES - 1) >>> LEAF_BITS;
  }

  /** The bytes that a target of an edge takes, 1 to 5. */
  static int width(long target) {
    return (64 - Long.numberOfLeadingZeros(target | 1) + 7) >>> 3;
  }

  /** What an edge's eight bytes are masked with. */
  static long mask(int width) {
    return (1L << (8 * width)) - 1;
  }

  /** CRC-32C (RFC 3720, appendix B.4) of bytes that are nobody else's: never of mapped ones. */
  static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
