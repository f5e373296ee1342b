package dev.calotype.report;

import dev.calotype.report.BenchSet.Task;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Optional;

/** Benches that are only names. */
final class Benches {
  private Benches() {}

  /** What JMH's list of benches would be. */
  static BenchmarkList list(BenchmarkListEntry... entries) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    BenchmarkList.writeBenchmarkList(text, List.of(entries));
    return BenchmarkList.fromString(text.toString(StandardCharsets.UTF_8));
  }

  /** A line of it. */
  static BenchmarkListEntry entry(String type, String method, Mode mode, String... param) {
    Map<String, String[]> params = new TreeMap<>();
    for (String one : param) {
      String[] parts = one.split("=", 2);
      params.put(parts[0], parts[1].split(","));
    }
    return new BenchmarkListEntry(
        "dev.calotype." + type,
        "dev.calotype." + type + "_" + method,
        method,
        mode,
        Optional.none(),
        new int[] {1},
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        Optional.none(),
        params.isEmpty() ? Optional.none() : Optional.of(params),
        Optional.of(TimeUnit.NANOSECONDS),
        Optional.none(),
        Optional.none());
  }

  static Task task(String method, int forks, double seconds) {
    return new Task(
        "dev.calotype.x.Bench." + method,
        Map.of("size", "4"),
        new OptionsBuilder().build(),
        forks,
        seconds);
  }

  /** What says nothing. */
  static OutputFormat quiet() {
    return OutputFormatFactory.createFormatInstance(
        new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8),
        VerboseMode.SILENT);
  }
}
