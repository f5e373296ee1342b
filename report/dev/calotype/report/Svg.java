package dev.calotype.report;

import java.util.Locale;

/** A picture in the making. It follows the reader's choice of light or dark by itself. */
final class Svg {
  private static final String STYLE =
      """
      <style>
        text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2430; }
        .title { font-size: 17px; font-weight: 650; }
        .small { font-size: 12px; fill: #626b7a; }
        .cell { font-size: 12.5px; font-weight: 600; fill: #ffffff; }
        .quiet { font-size: 12px; fill: #626b7a; }
        .page { fill: #ffffff; }
        .map { fill: #2563eb; } .read { fill: #c2570c; } .pages { fill: #0f766e; } .none { fill: #e8eaee; }
        .unsure { fill: #9aa4b2; }
        .line { stroke: #d3d7de; stroke-width: 1; } .one { stroke: #626b7a; stroke-width: 1.5; }
        .whisker { stroke: #1f2430; stroke-width: 1.5; }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6e9ef; } .small, .quiet { fill: #9aa4b2; } .page { fill: #14171d; }
          .cell { fill: #ffffff; } .none { fill: #262b34; } .line { stroke: #313843; }
          .one { stroke: #9aa4b2; } .whisker { stroke: #e6e9ef; }
        }
      </style>
      """;

  private final StringBuilder body = new StringBuilder();

  /** A text that starts, ends or is centred at a place. */
  Svg text(double x, double y, String anchor, String style, String text) {
    body.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>\n",
            x,
            y,
            anchor,
            style,
            Show.escape(text)));
    return this;
  }

  /** A rectangle with rounded corners. */
  Svg box(double x, double y, double width, double height, String style) {
    body.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"4\" class=\"%s\"/>\n",
            x,
            y,
            width,
            height,
            style));
    return this;
  }

  /** A straight line. */
  Svg stroke(double x1, double y1, double x2, double y2, String style) {
    body.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n",
            x1,
            y1,
            x2,
            y2,
            style));
    return this;
  }

  /**
   * The finished file.
   *
   * @param title what a reader hears who can't see it
   */
  String end(double width, double height, String title) {
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\""
                + " height=\"%.0f\" role=\"img\">\n",
            width,
            height,
            width,
            height)
        + "<title>"
        + Show.escape(title)
        + "</title>\n"
        + STYLE
        + String.format(
            Locale.ROOT,
            "<rect class=\"page\" width=\"%.0f\" height=\"%.0f\" rx=\"8\"/>\n",
            width,
            height)
        + body
        + "</svg>\n";
  }
}
