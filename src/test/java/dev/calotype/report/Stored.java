package dev.calotype.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Results to report on: rows in JMH's form, whose times are made up. */
final class Stored {
  private static final String FILE = "src/test/resources/dev/calotype/report/results.json";

  private Stored() {}

  static String text() throws IOException {
    return Files.readString(Path.of(System.getProperty("calotype.root", ""), FILE));
  }

  static Results results() throws IOException {
    return Results.read(text());
  }

  /** The same results with other rows. */
  static Results with(List<Row> rows) throws IOException {
    Results stored = results();
    return new Results(
        stored.machine(),
        stored.version(),
        stored.set(),
        stored.only(),
        stored.seed(),
        stored.started(),
        stored.seconds(),
        rows,
        stored.notRun());
  }

  /** A row without parameters, of one fork. */
  static Row row(String bench, String method, double... seconds) {
    return new Row(bench, method, Map.of(), List.of(times(seconds)), Map.of());
  }

  /** A row about a way to get at bytes. */
  static Row access(String way, String size, double... seconds) {
    Map<String, String> params = new TreeMap<>();
    params.putAll(Map.of("method", way, "size", size, "pattern", "SEQUENTIAL", "cache", "WARM"));
    return new Row("map.FirstAnswerBenchmark", "answer", params, List.of(times(seconds)), Map.of());
  }

  private static List<Double> times(double... seconds) {
    List<Double> times = new ArrayList<>();
    for (double time : seconds) {
      times.add(time);
    }
    return times;
  }
}
