package dev.calotype.report;

import dev.calotype.report.Decision.Cell;
import java.util.List;
import java.util.TreeSet;

/** To map or to read, as a picture: a row for each question, a column for each size. */
final class DecisionPicture {
  private static final int LEFT = 230;
  private static final int COLUMN = 104;
  private static final int ROW = 34;
  private static final int TOP = 96;
  private static final int MARGIN = 20;

  private DecisionPicture() {}

  /** The picture, or an empty text if nothing was measured. */
  static String draw(List<Decision> table, Results results) {
    List<Decision> bySize =
        table.stream().filter(decision -> decision.cells().firstKey() > 0).toList();
    if (bySize.isEmpty()) {
      return "";
    }
    TreeSet<Long> sizes = new TreeSet<>();
    bySize.forEach(decision -> sizes.addAll(decision.cells().keySet()));
    int width = LEFT + sizes.size() * COLUMN + MARGIN;
    Svg svg = new Svg();
    svg.text(MARGIN, 34, "start", "title", "Map or read?");
    svg.text(
        MARGIN,
        54,
        "start",
        "small",
        "The fastest way that maps, that reads all, that reads pages; opening and closing"
            + " included");
    int x = LEFT;
    for (long size : sizes) {
      svg.text(x + COLUMN / 2.0, TOP - 12, "middle", "small", Show.bytes((double) size));
      x += COLUMN;
    }
    int y = TOP;
    for (Decision decision : bySize) {
      svg.text(MARGIN, y + ROW / 2.0 + 4, "start", "", decision.question());
      x = LEFT;
      for (long size : sizes) {
        Cell cell = decision.cells().get(size);
        if (cell != null) {
          String style = style(cell);
          svg.box(x + 2, y + 2, COLUMN - 4, ROW - 4, style);
          String inside = style.equals("none") ? "quiet" : "cell";
          svg.text(x + COLUMN / 2.0, y + ROW / 2.0 + 4, "middle", inside, cell.text());
        }
        x += COLUMN;
      }
      y += ROW;
    }
    svg.text(MARGIN, y + 28, "start", "small", PeersPicture.where(results));
    return svg.end(width, y + 44, "Map or read: who wins for each access pattern and size");
  }

  /** The style of a cell, in pictures and in the page. */
  static String style(Cell cell) {
    return cell.winning().map(way -> way.side().word()).orElse("none");
  }
}
