package dev.calotype.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A table under construction: rows of 64-bit cells, set in any order, written at once by {@link
 * MetadataWriter#table}. Zero bytes that all cells of a column end with are not written, nor are
 * zero rows at the end.
 *
 * <p>Takes memory, as the width of a column is known only at the end: 8 bytes a cell, but for runs
 * of {@value #PAGE_CELLS} cells that are all zero, which take 4 bytes together. Several tables may
 * be under construction at a time. Not safe for use by several threads.
 */
public final class TableBuilder {
  /** The most columns a table has. */
  public static final int MOST_COLUMNS = 16;

  private static final int PAGE_CELLS = 1024;
  private static final long[] ZEROS = new long[0];

  private final int columns;
  private final long[] used;
  private final List<long[]> pages = new ArrayList<>();
  private int rows;

  /**
   * An empty table.
   *
   * @param columns how many cells a row has, 1 to {@value #MOST_COLUMNS}
   */
  public TableBuilder(int columns) {
    if (columns < 1 || columns > MOST_COLUMNS) {
      throw new IllegalArgumentException("a table of %d columns".formatted(columns));
    }
    this.columns = columns;
    this.used = new long[columns];
  }

  /** How many rows there will be: one more than the last that has a cell that is not zero. */
  public int rows() {
    return rows;
  }

  /** Sets the first cell of a row. */
  public TableBuilder set(int row, long value) {
    return set(row, 0, value);
  }

  /**
   * Sets a cell that has not been set yet; cells that never are stay 0.
   *
   * @param row from 0
   * @param column from 0
   * @throws IllegalStateException if the cell is set to something else than 0 already
   */
  public TableBuilder set(int row, int column, long value) {
    Objects.checkIndex(row, Integer.MAX_VALUE);
    Objects.checkIndex(column, columns);
    if (value == 0) {
      return this;
    }
    long cell = (long) row * columns + column;
    int page = (int) (cell / PAGE_CELLS);
    while (page >= pages.size()) {
      pages.add(ZEROS);
    }
    if (pages.get(page).length == 0) {
      pages.set(page, new long[PAGE_CELLS]);
    }
    long[] cells = pages.get(page);
    int at = (int) (cell % PAGE_CELLS);
    if (cells[at] != 0) {
      throw new IllegalStateException("row %d, column %d is set".formatted(row, column));
    }
    cells[at] = value;
    used[column] |= value;
    rows = Math.max(rows, row + 1);
    return this;
  }

  void write(MetadataWriter out) {
    out.unsigned32(rows);
    out.fixed8(columns);
    int[] widths = new int[columns];
    for (int column = 0; column < columns; column++) {
      widths[column] = (Long.SIZE + 7 - Long.numberOfLeadingZeros(used[column])) / 8;
      out.fixed8(widths[column]);
    }
    long cell = 0;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++, cell++) {
        long[] cells = pages.get((int) (cell / PAGE_CELLS));
        out.cell(cells.length == 0 ? 0 : cells[(int) (cell % PAGE_CELLS)], widths[column]);
      }
    }
  }
}
