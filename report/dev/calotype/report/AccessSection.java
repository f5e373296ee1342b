package dev.calotype.report;

import dev.calotype.report.Access.Side;
import dev.calotype.report.Decision.Cell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The first section of the page: to map or to read. */
final class AccessSection {
  private AccessSection() {}

  /** Adds the section, if anything in it was measured. */
  static void add(Html html, List<Decision> table, List<Access> all) {
    if (table.isEmpty()) {
      return;
    }
    html.add("<section id=\"access\"><h2>Map or read?</h2>");
    html.add(
        "<p>For each question, the fastest way that maps a file, the fastest that reads all of it"
            + " and the fastest that reads the pages it wants: who wins, and by how much over the"
            + " next. Opening and closing are included. <b>can't tell</b> means that their"
            + " intervals meet.</p>");
    List<Decision> sized = table.stream().filter(one -> one.cells().firstKey() > 0).toList();
    if (!sized.isEmpty()) {
      addDecisions(html, sized);
    }
    List<Decision> real = table.stream().filter(one -> one.cells().firstKey() == 0).toList();
    if (!real.isEmpty()) {
      addReal(html, real);
    }
    addCharts(html, all.stream().filter(one -> one.size() > 0).toList());
    html.add("</section>");
  }

  private static void addDecisions(Html html, List<Decision> table) {
    TreeSet<Long> sizes = new TreeSet<>();
    table.forEach(decision -> sizes.addAll(decision.cells().keySet()));
    html.add("<div class=\"scroll\"><table class=\"decision\"><thead><tr><th>The work</th>");
    sizes.forEach(size -> html.add("<th class=\"size\">%s</th>", Show.bytes(size)));
    html.add("<th>The answer</th></tr></thead><tbody>");
    for (Decision decision : table) {
      html.add("<tr><th scope=\"row\">%s</th>", decision.question());
      for (long size : sizes) {
        Cell cell = decision.cells().get(size);
        if (cell == null) {
          html.add("<td class=\"cell\"></td>");
        } else {
          html.add(
              "<td class=\"cell\"><span class=\"%s\" title=\"%s\">%s<small>%s</small></span></td>",
              DecisionPicture.style(cell),
              explain(cell),
              cell.text(),
              cell.winning().map(Access::way).orElse(Show.range(cell.gain())));
        }
      }
      html.add("<td class=\"wide\">%s</td></tr>", decision.answer());
    }
    html.add("</tbody></table></div>");
  }

  private static void addReal(Html html, List<Decision> table) {
    html.add("<h3>Real work</h3><div class=\"scroll\"><table><thead><tr><th>The work</th>");
    html.add(
        "<th class=\"number\">mapped</th><th class=\"number\">read</th>"
            + "<th class=\"number\">pages</th><th>Who wins</th></tr>");
    html.add("</thead><tbody>");
    for (Decision decision : table) {
      Cell cell = decision.cells().firstEntry().getValue();
      html.add("<tr><td>%s</td>", decision.question());
      for (Side side : Side.values()) {
        html.add(
            "<td class=\"number\">%s</td>", cell.of(side).map(AccessSection::time).orElse("–"));
      }
      html.add("<td>%s</td></tr>", cell.text());
    }
    html.add("</tbody></table></div>");
  }

  private static void addCharts(Html html, List<Access> all) {
    Map<String, List<Access>> byQuestion = new LinkedHashMap<>();
    Set<String> ways = new LinkedHashSet<>();
    for (Access one : all) {
      byQuestion.computeIfAbsent(one.question(), _ -> new ArrayList<>()).add(one);
      ways.add(one.way());
    }
    html.add("<ul class=\"legend\">");
    ways.forEach(
        way -> html.add("<li><i style=\"background:%s\"></i>%s</li>", Palette.of(way), way));
    html.add("</ul><div class=\"grid\">");
    byQuestion.forEach((question, rows) -> {
      html.add("<figure><figcaption>%s</figcaption>", question);
      html.chart(Charts.access(rows), question);
      html.add("</figure>");
    });
    html.add("</div>");
  }

  private static String time(Access access) {
    return Show.time(access.row().interval().median());
  }

  private static String explain(Cell cell) {
    String times =
        cell.best().stream()
            .map(one -> one.way() + " " + time(one))
            .collect(Collectors.joining(", "));
    return cell.best().size() == 1 ? times : times + "; ratio " + Show.range(cell.gain());
  }
}
