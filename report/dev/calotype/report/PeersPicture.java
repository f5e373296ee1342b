package dev.calotype.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Calotype against its peers, as a picture: a bar for each ratio, on a logarithmic axis. */
final class PeersPicture {
  private static final int LEFT = 330;
  private static final int PLOT = 430;
  private static final int RIGHT = 150;
  private static final int ROW = 26;
  private static final int TOP = 88;
  private static final int MARGIN = 20;
  private static final double[] TICKS = {0.001, 0.01, 0.1, 0.25, 0.5, 1, 2, 4, 10, 100, 1000};

  private PeersPicture() {}

  /**
   * A ratio to a peer.
   *
   * @param row ours
   * @param peer the peer's
   */
  record Pair(Row row, Row peer) {
    Interval ratio() {
      return row.interval().over(peer.interval());
    }
  }

  /** Ours and its peer, for each question that both answer. */
  static List<Pair> pairs(List<Row> rows) {
    List<Pair> pairs = new ArrayList<>();
    for (List<Row> rivals : Names.rivals(rows).values()) {
      Optional<Row> peer = Names.peer(rivals, rows);
      for (Row row : rivals) {
        if (Names.isOurs(row) && peer.isPresent()) {
          pairs.add(new Pair(row, peer.get()));
        }
      }
    }
    return pairs;
  }

  /** The picture, or an empty text if nothing has a peer. */
  static String draw(Results results) {
    List<Pair> pairs = pairs(results.rows());
    if (pairs.isEmpty()) {
      return "";
    }
    double low =
        Math.min(0.5, pairs.stream().mapToDouble(pair -> pair.ratio().low()).min().orElse(1));
    double high =
        Math.max(2, pairs.stream().mapToDouble(pair -> pair.ratio().high()).max().orElse(1));
    Svg svg = new Svg();
    svg.text(MARGIN, 34, "start", "title", "Calotype and its peers");
    svg.text(
        MARGIN,
        54,
        "start",
        "small",
        "Time as a multiple of the peer's in the same run: left of 1 is faster, grey is noise. Log"
            + " scale.");
    int bottom = TOP + pairs.size() * ROW;
    for (double tick : TICKS) {
      if (tick >= low && tick <= high) {
        double x = x(tick, low, high);
        svg.stroke(x, TOP - 6, x, bottom, tick == 1 ? "one" : "line");
        svg.text(x, TOP - 12, "middle", "small", Show.digits(tick).replaceAll("\\.?0+$", ""));
      }
    }
    int y = TOP;
    for (Pair pair : pairs) {
      Interval ratio = pair.ratio();
      double one = x(1, low, high);
      double at = x(ratio.median(), low, high);
      double middle = y + ROW / 2.0;
      svg.text(MARGIN, middle + 4, "start", "", label(pair.row()));
      svg.box(Math.min(one, at), y + 5, Math.max(1.5, Math.abs(at - one)), ROW - 10, style(pair));
      svg.stroke(x(ratio.low(), low, high), middle, x(ratio.high(), low, high), middle, "whisker");
      svg.text(
          LEFT + PLOT + 14,
          middle + 4,
          "start",
          "",
          "%s of %s".formatted(Show.times(ratio.median()), Names.who(pair.peer().method())));
      y += ROW;
    }
    svg.text(MARGIN, bottom + 28, "start", "small", where(results));
    return svg.end(LEFT + PLOT + RIGHT, bottom + 44, "Calotype's times as ratios to its peers'");
  }

  /** Where it was measured, in one line. */
  static String where(Results results) {
    String cores = results.machine().getOrDefault("cores", "?");
    return "%s, %s %s, %s; %s set"
        .formatted(
            results.machine().getOrDefault("processor", "unknown processor"),
            cores,
            cores.equals("1") ? "core" : "cores",
            results.machine().getOrDefault("JDK", "unknown JDK"),
            results.set());
  }

  private static String style(Pair pair) {
    return switch (pair.row().interval().order(pair.peer().interval())) {
      case LESS -> "map";
      case MORE -> "read";
      case UNSURE -> "unsure";
    };
  }

  private static String label(Row row) {
    String bench = row.bench().replace("Benchmark", "");
    String question = Names.question(row.method());
    String name = question.isEmpty() ? bench : bench + "." + question;
    return row.params().isEmpty() ? name : name + " " + row.choice();
  }

  private static double x(double ratio, double low, double high) {
    double span = Math.log(high) - Math.log(low);
    return LEFT + PLOT * (Math.log(ratio) - Math.log(low)) / span;
  }
}
