package dev.calotype.report;

import dev.calotype.report.Comparison.Change;
import dev.calotype.report.Interval.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page: one HTML file with everything in it, which asks for nothing else. */
final class Page {
  private static final List<String> SCRIPTS =
      List.of("vega-6.4.0", "vega-lite-6.5.0", "vega-embed-7.3.0");

  private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");
  private static final Pattern SOURCE_MAP = Pattern.compile("(?m)^//# sourceMappingURL=.*$");

  private Page() {}

  /** Writes the page. */
  static String write(Results results, Optional<Comparison> comparison) {
    List<Access> access = Access.of(results.rows());
    Map<String, List<Row>> rooms = BenchSection.rooms(results.rows());
    Html html = new Html();
    AccessSection.add(html, Decision.table(access), access);
    comparison.ifPresent(changes -> addChanges(html, changes));
    rooms.forEach((room, rows) -> BenchSection.add(html, room, rows));
    addNotRun(html, results.notRun());
    addMethod(html, results);
    return fill(
        Resources.text("page.html"),
        Map.of(
            "style", Resources.text("style.css"),
            "lead", Show.escape(lead(results)),
            "machine", machine(results),
            "nav", nav(results, !access.isEmpty(), comparison.isPresent(), rooms),
            "main", html.text(),
            "licences", licences(),
            "specs", html.specs(),
            "vega", vega(),
            "script", Resources.text("page.js")));
  }

  private static void addChanges(Html html, Comparison comparison) {
    html.add("<section id=\"changes\"><h2>Against the earlier report</h2>");
    html.add(
        "<p>%s slower, %s faster, %s within the noise; %s rows have no counterpart.</p>",
        comparison.count(Order.MORE),
        comparison.count(Order.LESS),
        comparison.count(Order.UNSURE),
        comparison.onlyOne());
    if (!comparison.otherMachine().isEmpty()) {
      html.add(
          "<p class=\"worse\">Not the same machine (%s), so the differences are not the"
              + " program’s.</p>",
          String.join("; ", comparison.otherMachine()));
    }
    addChanges(html, comparison.changes().stream().filter(Change::isSure).toList());
    html.add("<details><summary>Within the noise</summary>");
    addChanges(html, comparison.changes().stream().filter(change -> !change.isSure()).toList());
    html.add("</details></section>");
  }

  private static void addChanges(Html html, List<Change> changes) {
    html.add("<div class=\"scroll\"><table><thead><tr><th>Bench</th><th>Parameters</th>");
    html.add("<th class=\"number\">Before</th><th class=\"number\">Now</th>");
    html.add("<th class=\"number\">Ratio</th><th>Verdict</th></tr></thead><tbody>");
    for (Change change : changes) {
      Row row = change.now();
      html.add(
          "<tr><td>%s.%s</td><td>%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td>",
          row.bench(),
          row.method(),
          row.choice(),
          Show.time(change.before().median()),
          Show.time(row.interval().median()));
      html.add(
          "<td class=\"number\">%s <span class=\"range\">%s</span></td><td"
              + " class=\"%s\">%s</td></tr>",
          Show.times(change.ratio().median()),
          Show.range(change.ratio()),
          style(change.order()),
          change.verdict());
    }
    html.add("</tbody></table></div>");
  }

  private static String style(Order order) {
    return switch (order) {
      case LESS -> "better";
      case MORE -> "worse";
      case UNSURE -> "note";
    };
  }

  private static void addNotRun(Html html, List<Results.NotRun> notRun) {
    if (notRun.isEmpty()) {
      return;
    }
    html.add("<section id=\"not-run\"><h2>Not run</h2><div class=\"scroll\"><table><thead><tr>");
    html.add("<th>Bench</th><th>Parameters</th><th>Why</th></tr></thead><tbody>");
    for (Results.NotRun one : notRun) {
      html.add(
          "<tr><td>%s</td><td>%s</td><td class=\"wide\">%s</td></tr>",
          one.bench(), one.params(), one.why());
    }
    html.add("</tbody></table></div></section>");
  }

  private static void addMethod(Html html, Results results) {
    html.add("<section id=\"method\"><h2>How to read it</h2>");
    html.add(
        "<p>Each dot is one iteration of one forked JVM, outliers included. The mark is the median"
            + " of all, the line its interval: where the true median lies with 95 %, by order"
            + " statistics, widened to the medians of all forks. Below six iterations it is half as"
            + " long again to either side of the lowest and the highest; below three nothing is"
            + " claimed.</p>");
    html.add(
        "<p>A ratio is that of two medians of this run; its range goes from the lowest of the one"
            + " by the highest of the other to the reverse. The order was random, seed %s."
            + " Allocation is an operation’s; collector, compiler and setup are in the faults and"
            + " the peak memory. A time says little about another machine.</p></section>",
        results.seed());
  }

  private static String lead(Results results) {
    String only = results.only().isEmpty() ? "" : ", only " + results.only();
    return "Calotype %s · %s set%s · %s · %d min %d s · seed %d"
        .formatted(
            results.version(),
            results.set(),
            only,
            results.started().replace('T', ' ').replaceFirst("(:\\d\\d)(:\\d\\d)?Z$", "$1 UTC"),
            results.seconds() / 60,
            results.seconds() % 60,
            results.seed());
  }

  private static String machine(Results results) {
    Html html = new Html();
    results
        .machine()
        .forEach((name, value) -> html.add("<div><dt>%s</dt><dd>%s</dd></div>", name, value));
    return html.text();
  }

  private static String nav(
      Results results, boolean access, boolean changes, Map<String, List<Row>> rooms) {
    Html html = new Html();
    if (access) {
      html.add("<a href=\"#access\">Map or read?</a>");
    }
    if (changes) {
      html.add("<a href=\"#changes\">Against the earlier report</a>");
    }
    rooms.forEach((room, _) -> html.add("<a href=\"#%s\">%s</a>", room, Catalogue.title(room)));
    if (!results.notRun().isEmpty()) {
      html.add("<a href=\"#not-run\">Not run</a>");
    }
    return html.add("<a href=\"#method\">How to read it</a>").text();
  }

  private static String vega() {
    List<String> scripts = new ArrayList<>();
    for (String name : SCRIPTS) {
      String script = Resources.text("/vega/" + name + ".min.js");
      // Some browsers would ask for the map.
      script = SOURCE_MAP.matcher(script).replaceAll("").strip();
      if (script.contains("</script") || script.contains("<!--")) {
        throw new IllegalStateException(name + " can't stand in a page");
      }
      scripts.add("<script>" + script + "</script>");
    }
    return String.join("\n", scripts);
  }

  private static String licences() {
    List<String> all = new ArrayList<>();
    for (String name : List.of(SCRIPTS.get(0), SCRIPTS.get(1), SCRIPTS.get(2), "d3")) {
      all.add(name + "\n\n" + Resources.text("/vega/" + name + ".LICENSE").strip());
    }
    return Show.escape(String.join("\n\n\n", all));
  }

  private static String fill(String template, Map<String, String> values) {
    return PLACE
        .matcher(template)
        .replaceAll(
            found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), found.group())));
  }
}
