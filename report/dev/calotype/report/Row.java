package dev.calotype.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What was measured of one bench with one choice of parameters.
 *
 * @param bench its class below the root package, as in {@code image.FindBenchmark}
 * @param method its method
 * @param params its parameters in the order of their names; {@code threads} is one of them if there
 *     was more than one
 * @param forks seconds per operation: the iterations of each fork
 * @param more what the profilers counted, by their names, each the mean of the iterations
 */
record Row(
    String bench,
    String method,
    Map<String, String> params,
    List<List<Double>> forks,
    Map<String, Count> more) {
  private static final String ROOT = "dev.calotype.";

  /** A number and its unit. */
  record Count(double value, String unit) {}

  /**
   * The row of one of JMH's results.
   *
   * @throws IllegalArgumentException if it has no name, no times or another unit than time
   */
  static Row of(Json result) {
    String name = result.get("benchmark").text();
    int dot = name.lastIndexOf('.');
    if (dot < 0) {
      throw new IllegalArgumentException("a result without a bench's name");
    }
    Map<String, String> params = new TreeMap<>();
    result.get("params").members().forEach((key, value) -> params.put(key, value.text()));
    if (result.get("threads").whole() > 1) {
      params.put("threads", result.get("threads").text());
    }
    Json metric = result.get("primaryMetric");
    String unit = metric.get("scoreUnit").text();
    List<List<Double>> forks = new ArrayList<>();
    int iterations = 0;
    for (Json fork : metric.get("rawData").list()) {
      List<Double> times =
          fork.list().stream().map(time -> seconds(time.number(), unit, name)).toList();
      forks.add(times);
      iterations += times.size();
    }
    if (iterations == 0) {
      throw new IllegalArgumentException(name + " has no iterations");
    }
    Map<String, Count> more = new LinkedHashMap<>();
    result
        .get("secondaryMetrics")
        .members()
        .forEach((key, value) ->
            more.put(
                key.startsWith("·") ? key.substring(1) : key,
                new Count(value.get("score").number(), value.get("scoreUnit").text())));
    return new Row(relative(name.substring(0, dot)), name.substring(dot + 1), params, forks, more);
  }

  /** What tells it from all other rows. */
  String key() {
    return bench + "." + method + " " + params;
  }

  /** The parameters as people read them, without the names. */
  String choice() {
    return params.entrySet().stream()
        .map(param ->
            param.getKey().equals("threads") ? param.getValue() + " threads" : param.getValue())
        .collect(Collectors.joining(" "));
  }

  /** Seconds per operation. */
  Interval interval() {
    return Interval.of(forks);
  }

  /** Bytes allocated per operation, or NaN. */
  double allocated() {
    Count count = more.get("gc.alloc.rate.norm");
    return count == null ? Double.NaN : count.value();
  }

  /** A name without the root package. */
  static String relative(String name) {
    return name.startsWith(ROOT) ? name.substring(ROOT.length()) : name;
  }

  private static double seconds(double number, String unit, String name) {
    int slash = unit.indexOf('/');
    boolean rate = unit.startsWith("ops/");
    double scale =
        switch (rate ? unit.substring(slash + 1) : unit.substring(0, Math.max(0, slash))) {
          case "ns" -> 1e-9;
          case "us" -> 1e-6;
          case "ms" -> 1e-3;
          case "s" -> 1;
          case "min" -> 60;
          default -> Double.NaN;
        };
    double seconds = rate ? scale / number : scale * number;
    if (!Double.isFinite(seconds) || seconds < 0) {
      throw new IllegalArgumentException("%s: %s %s is no time".formatted(name, number, unit));
    }
    return seconds;
  }
}
