package dev.calotype.graph;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The 512 bytes that end a segment and make it count: see docs/graph-format.md.
 *
 * @param offset where it is in the file
 * @param segment where its segment starts
 * @param nodes nodes of the graph, not of the segment
 * @param edges edges of these nodes
 * @param limit the largest index and one
 * @param blocks blocks that the directory leads to
 * @param sessions sessions that were committed, complete or not
 * @param completed sessions that were complete
 * @param deadBytes bytes before this that nothing leads to any more
 * @param root where the directory's root is
 * @param rootCrc its checksum
 * @param liveness where the latest record of ages is, 0 if there is none
 * @param segmentCrc the checksum of all bytes from the segment's start to this
 * @param isFast whether it was written without syncing
 * @param tables the index
 */
record CommitRecord(
    long offset,
    long segment,
    long nodes,
    long edges,
    long limit,
    long blocks,
    long sessions,
    long completed,
    long deadBytes,
    long root,
    int rootCrc,
    long liveness,
    int segmentCrc,
    boolean isFast,
    List<IndexTable> tables) {
  static final int SIZE = 512;

  private static final long MAGIC = 0x0a1a0a0d4347438fL;
  private static final int CRC_AT = 120;
  private static final int TABLES_AT = 128;
  private static final int TABLE_SIZE = 24;

  CommitRecord {
    tables = List.copyOf(tables);
  }

  byte[] encode() {
    ByteWriter out = new ByteWriter(SIZE);
    out.u64(MAGIC).u64(offset).u64(segment).u64(nodes).u64(edges).u64(limit).u64(blocks);
    out.u64(sessions).u64(completed).u64(deadBytes).u64(root).u32(rootCrc).u32(tables.size());
    out.u64(liveness).u64(isFast ? 1 : 0).u32(segmentCrc);
    out.at(TABLES_AT);
    for (IndexTable table : tables) {
      out.u64(table.offset()).u64(table.entries()).u32(table.buckets()).u32(table.nodeBits());
    }
    out.at(CRC_AT).u32(Layout.crc(out.array(), 0, SIZE));
    return out.array();
  }

  /** Whether a record may start there: the first eight bytes are right. */
  static boolean startsAt(byte[] bytes, int at) {
    return Endian.u64(MemorySegment.ofArray(bytes), at, true) == MAGIC;
  }

  /**
   * The record in 512 bytes from {@code at}, if they are one that was written at {@code offset} of
   * a file, and everything it says lies before it.
   */
  static Optional<CommitRecord> decode(byte[] bytes, int at, long offset) {
    byte[] own = new byte[SIZE];
    System.arraycopy(bytes, at, own, 0, SIZE);
    MemorySegment in = MemorySegment.ofArray(own);
    int crc = (int) Endian.u32(in, CRC_AT, true);
    new ByteWriter(own).at(CRC_AT).u32(0);
    if (Endian.u64(in, 0, true) != MAGIC
        || Endian.u64(in, 8, true) != offset
        || crc != Layout.crc(own, 0, SIZE)) {
      return Optional.empty();
    }
    long count = Endian.u32(in, 92, true);
    if (count > Layout.MOST_TABLES) {
      return Optional.empty();
    }
    List<IndexTable> tables = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long table = TABLES_AT + (long) i * TABLE_SIZE;
      tables.add(
          new IndexTable(
              Endian.u64(in, table, true),
              Endian.u64(in, table + 8, true),
              Endian.u32(in, table + 16, true),
              (int) Endian.u32(in, table + 20, true)));
    }
    CommitRecord record =
        new CommitRecord(
            offset,
            Endian.u64(in, 16, true),
            Endian.u64(in, 24, true),
            Endian.u64(in, 32, true),
            Endian.u64(in, 40, true),
            Endian.u64(in, 48, true),
            Endian.u64(in, 56, true),
            Endian.u64(in, 64, true),
            Endian.u64(in, 72, true),
            Endian.u64(in, 80, true),
            (int) Endian.u32(in, 88, true),
            Endian.u64(in, 96, true),
            (int) Endian.u32(in, 112, true),
            Endian.u64(in, 104, true) == 1,
            tables);
    return record.isPossible() ? Optional.of(record) : Optional.empty();
  }

  /** How many leaves the root leads to. */
  long leaves() {
    return Layout.leaves(limit);
  }

  private boolean isPossible() {
    if (limit < 0
        || limit > Layout.MOST_NODES
        || nodes < 0
        || nodes > limit
        || edges < 0
        || sessions < 0
        || completed < 0
        || completed > sessions
        || deadBytes < 0
        || deadBytes > offset
        || blocks != Layout.ranges(limit)
        || segment < 0
        || segment > offset) {
      return false;
    }
    // Each block of indices is there, so the limit is paid for by the file's size.
    if (blocks > offset / Layout.LEAST_BLOCK || !has(root, 8 * leaves())) {
      return false;
    }
    long entries = 0;
    for (IndexTable table : tables) {
      if (table.nodeBits() < 8
          || table.nodeBits() > 42
          || table.buckets() <= IndexTable.SPARE
          || table.entries() < 0
          || table.entries() > nodes
          || table.offset() % Layout.ALIGNMENT != 0
          || !has(table.offset(), table.bytes())) {
        return false;
      }
      entries += table.entries();
    }
    return entries == nodes
        && (liveness == 0 || (liveness % Layout.ALIGNMENT == 0 && has(liveness, Layout.ALIGNMENT)));
  }

  private boolean has(long at, long size) {
    return at >= Layout.FILE_HEADER_SIZE && at <= offset && size <= offset - at;
  }
}
