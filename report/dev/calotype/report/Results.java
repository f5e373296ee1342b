package dev.calotype.report;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One run of the benches: what is in {@code results.json}.
 *
 * @param machine what it ran on: names and texts
 * @param version of Calotype
 * @param set {@code quick} or {@code full}
 * @param only which benches were asked for; empty for all
 * @param seed of the order
 * @param started when, in UTC
 * @param seconds how long it took
 * @param rows what was measured
 * @param notRun what was not
 */
record Results(
    Map<String, String> machine,
    String version,
    String set,
    String only,
    long seed,
    String started,
    long seconds,
    List<Row> rows,
    List<NotRun> notRun) {
  /** The member that says it is one of our files, and in which version. */
  static final String FORMAT = "calotype-bench";

  private static final long VERSION = 1;

  /**
   * A bench that could not run.
   *
   * @param bench its class and method, below the root package
   * @param params its parameters, as people read them
   * @param why the reason
   */
  record NotRun(String bench, String params, String why) {
    /** What bench/README.md calls a line of the file of benches that were not run. */
    static NotRun of(Json line) {
      String params =
          line.get("params").members().values().stream()
              .map(Json::text)
              .collect(Collectors.joining(" "));
      return new NotRun(Row.relative(line.get("benchmark").text()), params, line.get("why").text());
    }
  }

  /**
   * Reads {@code results.json}.
   *
   * @throws IllegalArgumentException if it is something else; the message is one clause
   */
  static Results read(String text) {
    Json json;
    try {
      json = Json.parse(text);
    } catch (IOException e) {
      throw new IllegalArgumentException("it is no JSON", e);
    }
    if (!json.has(FORMAT)) {
      throw new IllegalArgumentException("it is no results.json of calotype bench");
    }
    if (json.get(FORMAT).whole() != VERSION) {
      throw new IllegalArgumentException(
          "it is in version %s, not %d".formatted(json.get(FORMAT).text(), VERSION));
    }
    Map<String, String> machine = new LinkedHashMap<>();
    json.get("machine").members().forEach((name, value) -> machine.put(name, value.text()));
    return new Results(
        machine,
        json.get("version").text(),
        json.get("set").text(),
        json.get("only").text(),
        json.get("seed").whole(),
        json.get("started").text(),
        json.get("seconds").whole(),
        json.get("results").list().stream().map(Row::of).toList(),
        json.get("notRun").list().stream().map(NotRun::of).toList());
  }
}
