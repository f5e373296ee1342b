package dev.calotype.stream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A table in a stream. A cell is found by its row and column, in constant time and without
 * allocating, and nothing else is read. Lives as long as the stream's segment; may be used by the
 * threads that the segment lets.
 */
public final class MetadataTable {
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment cells;
  private final long rows;
  private final int rowWidth;
  private final int[] starts;

  private MetadataTable(MemorySegment cells, long rows, int[] starts) {
    this.cells = cells;
    this.rows = rows;
    this.rowWidth = starts[starts.length - 1];
    this.starts = starts;
  }

  static MetadataTable read(MetadataReader in, int columns) {
    long start = in.position();
    long rows = Integer.toUnsignedLong(in.unsigned32());
    int found = in.fixed8();
    if (found != columns) {
      throw in.malformed("table", start, found + " columns", String.valueOf(columns));
    }
    int[] starts = new int[columns + 1];
    for (int column = 0; column < columns; column++) {
      long at = in.position();
      int width = in.fixed8();
      if (width > Long.BYTES) {
        throw in.malformed("width of a table's column", at, width + " bytes", "at most 8");
      }
      starts[column + 1] = starts[column] + width;
    }
    // Or else a loop over the rows would be bounded by nothing that the file pays for.
    if (rows > 0 && starts[columns] == 0) {
      throw in.malformed("table", start, rows + " rows of no bytes", "no rows");
    }
    return new MetadataTable(in.bytes(rows * starts[columns]), rows, starts);
  }

  /** How many rows are stored. The rows after them are zero. */
  public long rows() {
    return rows;
  }

  /** The first cell of a row. */
  public long get(long row) {
    return get(row, 0);
  }

  /**
   * A cell, 0 if it was never set; so also past the last row, since a row's number often comes from
   * the stream too.
   *
   * @param row from 0; a negative one is taken as unsigned, and so past the last
   * @param column from 0
   * @throws IndexOutOfBoundsException if there is no such column
   */
  public long get(long row, int column) {
    Objects.checkIndex(column, starts.length - 1);
    if (row < 0 || row >= rows) {
      return 0;
    }
    long at = row * rowWidth + starts[column];
    int width = starts[column + 1] - starts[column];
    if (width == 0) {
      return 0;
    }
    if (cells.byteSize() - at >= Long.BYTES) {
      int unused = Long.SIZE - width * 8;
      return cells.get(U64, at) << unused >>> unused;
    }
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= Byte.toUnsignedLong(cells.get(ValueLayout.JAVA_BYTE, at + i)) << (8 * i);
    }
    return value;
  }
}
