package dev.calotype.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Aligned columns. Prints in blocks, so that a table of any length takes little memory; the columns
 * only grow from block to block.
 */
final class Table {
  private static final int BLOCK = 4096;
  private static final int BLOCK_CHARS = 1 << 20;
  private static final int MOST_WIDTH = 120;

  private final PrintWriter out;
  private final String indent;
  private final boolean[] right;
  private final int[] widths;
  private final List<String[]> block = new ArrayList<>();
  private long blockChars;

  /**
   * Starts a table.
   *
   * @param indent what each line starts with
   * @param titles the columns' titles; one that starts with {@code >} is aligned to the right
   */
  Table(PrintWriter out, String indent, String... titles) {
    this.out = out;
    this.indent = indent;
    this.right = new boolean[titles.length];
    this.widths = new int[titles.length];
    String[] header = new String[titles.length];
    boolean titled = false;
    for (int i = 0; i < titles.length; i++) {
      right[i] = titles[i].startsWith(">");
      header[i] = right[i] ? titles[i].substring(1) : titles[i];
      titled |= !header[i].isEmpty();
    }
    if (titled) {
      row(header);
    }
  }

  /** Makes the first column at least as wide as {@code text}. */
  Table atLeast(String text) {
    widths[0] = Math.max(widths[0], text.length());
    return this;
  }

  /** Adds a row. Its cells are escaped, so they may come from a file. */
  Table row(String... cells) {
    String[] row = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      row[i] = Text.escape(cells[i]);
      widths[i] = Math.max(widths[i], Math.min(row[i].length(), MOST_WIDTH));
      blockChars += row[i].length();
    }
    block.add(row);
    if (block.size() == BLOCK || blockChars > BLOCK_CHARS) {
      print();
    }
    return this;
  }

  /** Prints what has not been printed. */
  void print() {
    for (String[] row : block) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < row.length; i++) {
        String gap = " ".repeat(Math.max(0, widths[i] - row[i].length()));
        line.append(i == 0 ? "" : "  ");
        line.append(right[i] ? gap : "").append(row[i]).append(right[i] ? "" : gap);
      }
      out.println(line.toString().stripTrailing());
    }
    block.clear();
    blockChars = 0;
  }
}
