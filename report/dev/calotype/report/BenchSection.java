package dev.calotype.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A section of the page for each room: its benches, each with a chart and a table. */
final class BenchSection {
  /** What is worth a column of its own, by the profilers' names. */
  private static final Map<String, String> COLUMNS = columns();

  private BenchSection() {}

  /** The benches by their room, in the order of their names. */
  static Map<String, List<Row>> rooms(List<Row> rows) {
    Map<String, List<Row>> rooms = new LinkedHashMap<>();
    for (Row row : rows) {
      rooms.computeIfAbsent(Catalogue.room(row.bench()), _ -> new ArrayList<>()).add(row);
    }
    return rooms;
  }

  /** Adds the section of one room. */
  static void add(Html html, String room, List<Row> rows) {
    html.add("<section id=\"%s\"><h2>%s</h2>", room, Catalogue.title(room));
    Catalogue catalogue = new Catalogue();
    Map<String, List<Row>> classes = new LinkedHashMap<>();
    for (Row row : rows) {
      classes.computeIfAbsent(row.bench(), _ -> new ArrayList<>()).add(row);
    }
    classes.forEach((bench, its) -> {
      String question = catalogue.question(bench);
      html.add("<article id=\"%s\"><h3>%s</h3>", bench, question.isEmpty() ? bench : question);
      html.add("<p><code>%s</code></p>", bench);
      if (its.stream().noneMatch(Names::isAccess)) {
        html.chart(Charts.bench(its), bench);
        addTable(html, its, rows);
      } else {
        html.add("<details><summary>All %s rows</summary>", its.size());
        addTable(html, its, rows);
        html.add("</details>");
      }
      html.add("</article>");
    });
    html.add("</section>");
  }

  private static void addTable(Html html, List<Row> rows, List<Row> all) {
    List<String> columns =
        COLUMNS.keySet().stream()
            .filter(name -> rows.stream().anyMatch(row -> row.more().containsKey(name)))
            .toList();
    html.add("<div class=\"scroll\"><table><thead><tr><th>Bench</th><th>Parameters</th>");
    html.add("<th class=\"number\">Median</th><th class=\"number\">Interval</th>");
    html.add("<th class=\"number\">Ratio to the peer</th>");
    columns.forEach(
        name -> html.add("<th class=\"number\">%s</th>", COLUMNS.getOrDefault(name, name)));
    html.add("</tr></thead><tbody>");
    for (List<Row> rivals : Names.rivals(rows).values()) {
      Optional<Row> peer = Names.peer(rivals, all);
      for (Row row : rivals) {
        addRow(html, row, peer, columns);
      }
    }
    html.add("</tbody></table></div>");
  }

  private static void addRow(Html html, Row row, Optional<Row> peer, List<String> columns) {
    Interval interval = row.interval();
    html.add(
        "<tr class=\"%s\"><td>%s</td><td>%s</td>",
        Names.isOurs(row) ? "ours" : "", row.method(), row.choice());
    html.add(
        "<td class=\"number\">%s</td><td class=\"number range\">%s – %s</td>",
        Show.time(interval.median()), Show.time(interval.low()), Show.time(interval.high()));
    if (peer.isPresent() && !peer.get().equals(row)) {
      Interval ratio = interval.over(peer.get().interval());
      html.add(
          "<td class=\"number\">%s of %s <span class=\"range\">%s</span></td>",
          Show.times(ratio.median()), Names.who(peer.get().method()), Show.range(ratio));
    } else {
      html.add("<td></td>");
    }
    columns.forEach(name -> html.add("<td class=\"number\">%s</td>", count(row, name)));
    html.add("</tr>");
  }

  private static String count(Row row, String name) {
    Row.Count count = row.more().get(name);
    if (count == null || !Double.isFinite(count.value())) {
      return "–";
    }
    return switch (name) {
      // Less than a byte an operation is the profiler's own.
      case "gc.alloc.rate.norm" -> count.value() < 0.5 ? "0 B" : Show.bytes(count.value());
      case "gc.time" -> Show.digits(count.value()) + " ms";
      case "rss.peak" -> Show.digits(count.value()) + " MiB";
      default -> count.value() == 0 ? "0" : Show.digits(count.value());
    };
  }

  private static Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("gc.alloc.rate.norm", "Allocated an operation");
    columns.put("gc.time", "GC time, all forks");
    columns.put("faults.minor", "Minor faults an operation");
    columns.put("faults.major", "Major faults an operation");
    columns.put("rss.peak", "Peak memory");
    return columns;
  }
}
