package dev.calotype.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Charts as Vega-Lite specifications: every iteration is a dot, each bench has a line for its
 * interval and a mark for its median. Colours of axes are the page's.
 */
final class Charts {
  /** From here on a linear axis would hide the small ones. */
  private static final double LOG_FROM = 8;

  /** A span in which powers of ten alone are too few to read by. */
  private static final double FEW_DECADES = 500;

  /** Seconds, with a unit that fits each label. */
  private static final String TIME =
      "datum.value == 0 ? '0' : datum.value >= 1 ? format(datum.value, '~g') + ' s'"
          + " : datum.value >= 1e-3 ? format(datum.value * 1e3, '.3~g') + ' ms'"
          + " : datum.value >= 1e-6 ? format(datum.value * 1e6, '.3~g') + ' µs'"
          + " : format(datum.value * 1e9, '.3~g') + ' ns'";

  private static final String SIZE =
      "datum.value >= 1073741824 ? datum.value / 1073741824 + 'G'"
          + " : datum.value >= 1048576 ? datum.value / 1048576 + 'M'"
          + " : datum.value / 1024 + 'K'";

  private Charts() {}

  /** One class of benches: who answers on the one axis, the time on the other. */
  static Json bench(List<Row> rows) {
    List<Object> dots = new ArrayList<>();
    List<Object> bars = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    Set<String> whos = new LinkedHashSet<>();
    for (Row row : rows) {
      String name = (row.choice() + " " + row.method()).strip();
      names.add(name);
      String who = Names.isOurs(row) ? "Calotype" : "others";
      whos.add(who);
      row.forks().stream()
          .flatMap(List::stream)
          .forEach(time -> dots.add(Map.of("name", name, "who", who, "time", time)));
      bars.add(bar(row, Map.of("name", name, "who", who)));
    }
    Map<String, Object> y =
        Map.of("field", "name", "type", "nominal", "sort", List.copyOf(names), "title", "");
    Map<String, Object> colour =
        whos.size() == 1
            ? Map.of("value", Palette.MAP)
            : Map.of(
                "field",
                "who",
                "type",
                "nominal",
                "legend",
                Map.of(
                    "title", "",
                    "orient", "top",
                    "symbolType", "circle",
                    "symbolOpacity", 1),
                "scale",
                Map.of(
                    "domain", List.of("Calotype", "others"),
                    "range", List.of(Palette.MAP, Palette.OTHER)));
    return spec(
        Map.of("step", 22),
        List.of(
            layer(
                bars,
                Map.of("type", "rule", "strokeWidth", 1.5),
                Map.of(
                    "x",
                    time(rows, "low"),
                    "x2",
                    Map.of("field", "high"),
                    "y",
                    y,
                    "color",
                    colour)),
            layer(dots, dot(), Map.of("x", time(rows, "time"), "y", y, "color", colour)),
            layer(
                bars,
                Map.of("type", "tick", "thickness", 3, "size", 16, "opacity", 1),
                Map.of("x", time(rows, "median"), "y", y, "color", colour, "tooltip", tooltip()))));
  }

  /** One question about files: the size on the one axis, the time on the other, a line a way. */
  static Json access(List<Access> all) {
    List<Object> dots = new ArrayList<>();
    List<Object> bars = new ArrayList<>();
    Set<String> ways = new LinkedHashSet<>();
    Set<Long> sizes = new LinkedHashSet<>();
    for (Access one : all) {
      ways.add(one.way());
      sizes.add(one.size());
      Map<String, Object> point = Map.of("name", one.way(), "size", one.size());
      one.row().forks().stream()
          .flatMap(List::stream)
          .forEach(time -> dots.add(Map.of("name", one.way(), "size", one.size(), "time", time)));
      bars.add(bar(one.row(), point));
    }
    List<Row> rows = all.stream().map(Access::row).toList();
    Map<String, Object> x =
        Map.of(
            "field", "size",
            "type", "quantitative",
            "title", "size of the file (KiB, MiB, GiB)",
            "scale", Map.of("type", "log", "base", 2, "nice", false, "padding", 12),
            "axis",
                Map.of(
                    "values",
                    sizes.stream().sorted().toList(),
                    "labelExpr",
                    SIZE,
                    "labelOverlap",
                    "greedy",
                    "labelSeparation",
                    4));
    Map<String, Object> colour =
        Map.of(
            "field",
            "name",
            "type",
            "nominal",
            "legend",
            false,
            "scale",
            Map.of(
                "domain", List.copyOf(ways),
                "range", ways.stream().map(Palette::of).toList()));
    return spec(
        230,
        List.of(
            layer(dots, dot(), Map.of("x", x, "y", time(rows, "time"), "color", colour)),
            layer(
                bars,
                Map.of("type", "line", "strokeWidth", 1.8, "interpolate", "linear"),
                Map.of("x", x, "y", time(rows, "median"), "color", colour)),
            layer(
                bars,
                Map.of("type", "rule", "strokeWidth", 1.2),
                Map.of(
                    "x",
                    x,
                    "y",
                    time(rows, "low"),
                    "y2",
                    Map.of("field", "high"),
                    "color",
                    colour)),
            layer(
                bars,
                Map.of("type", "point", "filled", true, "size", 36, "opacity", 1),
                Map.of("x", x, "y", time(rows, "median"), "color", colour, "tooltip", tooltip()))));
  }

  private static Json spec(Object height, List<Object> layers) {
    return new Json(
        Map.of(
            "$schema",
            "https://vega.github.io/schema/vega-lite/v6.json",
            "width",
            "container",
            "height",
            height,
            "autosize",
            Map.of("type", "fit-x", "contains", "padding"),
            "layer",
            layers));
  }

  private static Map<String, Object> layer(
      List<Object> values, Map<String, Object> mark, Map<String, Object> encoding) {
    return Map.of("data", Map.of("values", values), "mark", mark, "encoding", encoding);
  }

  private static Map<String, Object> dot() {
    return Map.of("type", "point", "filled", true, "size", 30, "opacity", 0.5);
  }

  private static Map<String, Object> bar(Row row, Map<String, Object> more) {
    Interval interval = row.interval();
    Map<String, Object> bar = new TreeMap<>(more);
    bar.put("low", interval.low());
    bar.put("median", interval.median());
    bar.put("high", interval.high());
    bar.put("shown", Show.time(interval.median()));
    bar.put("range", Show.time(interval.low()) + " – " + Show.time(interval.high()));
    return bar;
  }

  private static List<Object> tooltip() {
    return List.of(
        Map.of("field", "name", "type", "nominal", "title", "bench"),
        Map.of("field", "shown", "type", "nominal", "title", "median"),
        Map.of("field", "range", "type", "nominal", "title", "interval"));
  }

  private static Map<String, Object> time(List<Row> rows, String field) {
    double[] times =
        rows.stream()
            .flatMap(row -> row.forks().stream().flatMap(List::stream))
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    double least = times[0];
    double most = times[times.length - 1];
    boolean log = least > 0 && most / least >= LOG_FROM;
    Map<String, Object> axis = new TreeMap<>(Map.of("labelExpr", TIME, "labelOverlap", "greedy"));
    if (log) {
      axis.put("values", ticks(least, most));
    } else {
      axis.put("tickCount", 6);
    }
    return Map.of(
        "field",
        field,
        "type",
        "quantitative",
        "title",
        log ? "time an operation, log scale" : "time an operation",
        "scale",
        log ? Map.of("type", "log", "nice", false, "padding", 8) : Map.of("zero", true),
        "axis",
        axis);
  }

  /** Powers of ten; where there are few, with twice and five times each. */
  private static List<Double> ticks(double least, double most) {
    boolean few = most / least < FEW_DECADES;
    List<Double> ticks = new ArrayList<>();
    for (int power = (int) Math.floor(Math.log10(least)); Math.pow(10, power) <= most; power++) {
      for (int step : few ? new int[] {1, 2, 5} : new int[] {1}) {
        double tick = Double.parseDouble(step + "e" + power);
        if (tick >= least / 2 && tick <= most * 2) {
          ticks.add(tick);
        }
      }
    }
    return ticks;
  }
}
