package dev.calotype.report;

import dev.calotype.report.Comparison.Change;
import dev.calotype.report.Interval.Order;
import dev.calotype.report.PeersPicture.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What of a report is printed: the answers, as aligned columns. */
final class TextReport {
  /** Of an earlier report, so many changes are listed; the page has all. */
  private static final int MOST_CHANGES = 20;

  private TextReport() {}

  /** The lines. */
  static String write(Results results, Optional<Comparison> comparison) {
    StringBuilder text = new StringBuilder();
    addDecisions(text, Decision.table(Access.of(results.rows())));
    addPairs(text, PeersPicture.pairs(results.rows()));
    comparison.ifPresent(changes -> addChanges(text, changes));
    addNotRun(text, results.notRun());
    return text.toString();
  }

  private static void addDecisions(StringBuilder text, List<Decision> table) {
    if (table.isEmpty()) {
      return;
    }
    List<List<String>> lines = new ArrayList<>();
    table.forEach(decision -> lines.add(List.of(decision.question(), decision.answer())));
    add(text, "Map or read?", lines);
  }

  private static void addPairs(StringBuilder text, List<Pair> pairs) {
    List<List<String>> lines = new ArrayList<>();
    for (Pair pair : pairs) {
      Row row = pair.row();
      lines.add(
          List.of(
              row.bench() + "." + row.method(),
              row.choice(),
              Show.time(row.interval().median()),
              "%s of %s (%s)"
                  .formatted(
                      Show.times(pair.ratio().median()),
                      Names.who(pair.peer().method()),
                      Show.range(pair.ratio()))));
    }
    add(text, "Calotype and its peers", lines);
  }

  private static void addChanges(StringBuilder text, Comparison comparison) {
    String title =
        "Against the earlier report: %d slower, %d faster, %d within the noise"
            .formatted(
                comparison.count(Order.MORE),
                comparison.count(Order.LESS),
                comparison.count(Order.UNSURE));
    List<List<String>> lines = new ArrayList<>();
    for (String difference : comparison.otherMachine()) {
      lines.add(List.of("not the same machine", difference));
    }
    for (Change change : comparison.changes()) {
      if (change.order() != Order.UNSURE && lines.size() < MOST_CHANGES) {
        Row row = change.now();
        lines.add(
            List.of(
                change.verdict(),
                row.bench() + "." + row.method() + " " + row.choice(),
                "%s (%s)"
                    .formatted(Show.times(change.ratio().median()), Show.range(change.ratio()))));
      }
    }
    text.append(text.isEmpty() ? "" : "\n").append(title).append('\n');
    addLines(text, lines);
  }

  private static void addNotRun(StringBuilder text, List<Results.NotRun> notRun) {
    List<List<String>> lines = new ArrayList<>();
    notRun.forEach(one -> lines.add(List.of(one.bench(), one.params(), one.why())));
    add(text, "Not run", lines);
  }

  private static void add(StringBuilder text, String title, List<List<String>> lines) {
    if (!lines.isEmpty()) {
      text.append(text.isEmpty() ? "" : "\n").append(title).append('\n');
      addLines(text, lines);
    }
  }

  private static void addLines(StringBuilder text, List<List<String>> lines) {
    List<Integer> widths = new ArrayList<>();
    for (List<String> line : lines) {
      for (int i = 0; i < line.size(); i++) {
        if (i == widths.size()) {
          widths.add(0);
        }
        widths.set(i, Math.max(widths.get(i), line.get(i).length()));
      }
    }
    for (List<String> line : lines) {
      StringBuilder row = new StringBuilder();
      for (int i = 0; i < line.size(); i++) {
        row.append("  ").append(line.get(i));
        row.append(" ".repeat(widths.get(i) - line.get(i).length()));
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
  }
}
