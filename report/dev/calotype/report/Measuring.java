package dev.calotype.report;

import dev.calotype.report.BenchSet.Task;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.ProfilerConfig;

/**
 * Runs tasks in rounds, one fork of each in a round, in random order, and gathers the forks of a
 * task into one result.
 */
final class Measuring {
  private final OutputFormat log;
  private final Path notRunFile;
  private final Map<Task, List<RunResult>> results = new LinkedHashMap<>();
  private final Map<Task, String> failed = new LinkedHashMap<>();

  /**
   * Nothing measured yet.
   *
   * @param tasks in the order of their results
   * @param log where what JMH says goes
   * @param notRunFile where benches say why they can't run, see bench/README.md
   */
  Measuring(List<Task> tasks, OutputFormat log, Path notRunFile) {
    tasks.forEach(task -> results.put(task, new ArrayList<>()));
    this.log = log;
    this.notRunFile = notRunFile;
  }

  /** One fork. */
  record Step(Task task, int round) {}

  /** The steps in their order: random within a round. */
  static List<Step> steps(List<Task> tasks, long seed) {
    Random random = new Random(seed);
    int rounds = tasks.stream().mapToInt(Task::forks).max().orElse(0);
    List<Step> steps = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      int now = round;
      List<Step> some =
          new ArrayList<>(
              tasks.stream()
                  .filter(task -> now < task.forks())
                  .map(task -> new Step(task, now))
                  .toList());
      Collections.shuffle(some, random);
      steps.addAll(some);
    }
    return steps;
  }

  /**
   * Runs one fork, unless the task has failed before.
   *
   * @throws RunnerException if no bench can be run at all
   */
  void run(Step step) throws RunnerException {
    Task task = step.task();
    if (failed.containsKey(task)) {
      return;
    }
    try {
      add(task, new Runner(options(task), log).run());
    } catch (RunnerException e) {
      if (String.valueOf(e.getMessage()).contains("JMH lock")) {
        throw e;
      }
      failed.put(task, reason(e));
    }
  }

  /** What one fork of a task gave. */
  void add(Task task, Collection<RunResult> fork) {
    results.computeIfAbsent(task, _ -> new ArrayList<>()).addAll(fork);
  }

  /** JMH's own objects, one for each task, with all of its forks. */
  List<Json> results() throws IOException {
    List<RunResult> merged = new ArrayList<>();
    List<Integer> forks = new ArrayList<>();
    for (List<RunResult> some : results.values()) {
      if (!some.isEmpty()) {
        List<BenchmarkResult> all =
            some.stream().flatMap(one -> one.getBenchmarkResults().stream()).toList();
        merged.add(new RunResult(some.getFirst().getParams(), all));
        forks.add(all.size());
      }
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (PrintStream to = new PrintStream(text, false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, to).writeOut(merged);
    }
    List<Json> written = Json.parse(text.toString(StandardCharsets.UTF_8)).list();
    return IntStream.range(0, written.size())
        .mapToObj(i -> withForks(written.get(i), forks.get(i)))
        .toList();
  }

  /** What was not run and why: as the benches say, or else as JMH does. */
  List<Json> notRun() throws IOException {
    List<Json> all = new ArrayList<>();
    Set<String> said = new LinkedHashSet<>();
    if (Files.exists(notRunFile)) {
      for (String line : Files.readAllLines(notRunFile)) {
        Json json = Json.parse(line);
        if (said.add(json.get("benchmark").text() + json.get("params").members().values())) {
          all.add(json);
        }
      }
    }
    failed.forEach((task, reason) -> {
      boolean isSaid =
          all.stream()
              .filter(one -> one.get("benchmark").text().equals(task.name()))
              .anyMatch(one -> isOf(one, task));
      if (!isSaid) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("benchmark", task.name());
        line.put("params", task.params());
        line.put("why", reason);
        all.add(new Json(line));
      }
    });
    return all;
  }

  private static boolean isOf(Json line, Task task) {
    Map<String, Json> params = line.get("params").members();
    return task.params().entrySet().stream()
        .allMatch(param ->
            params.containsKey(param.getKey())
                && params.get(param.getKey()).text().equals(param.getValue()));
  }

  private static Json withForks(Json result, int forks) {
    Map<String, Object> changed = new LinkedHashMap<>(result.members());
    changed.put("forks", forks);
    changed.put("primaryMetric", withoutPercentiles(result.get("primaryMetric")));
    Map<String, Object> more = new LinkedHashMap<>();
    result
        .get("secondaryMetrics")
        .members()
        .forEach((name, metric) -> more.put(name, withoutPercentiles(metric)));
    changed.put("secondaryMetrics", more);
    return new Json(changed);
  }

  /** Half of the file, and of a few iterations they say nothing new. */
  private static Json withoutPercentiles(Json metric) {
    Map<String, Object> changed = new LinkedHashMap<>(metric.members());
    changed.remove("scorePercentiles");
    return new Json(changed);
  }

  private static Options options(Task task) {
    ChainedOptionsBuilder builder =
        new OptionsBuilder()
            .parent(task.options())
            .include("^" + Pattern.quote(task.name()) + "$")
            .forks(1)
            .shouldFailOnError(true);
    task.params().forEach(builder::param);
    boolean hasGc =
        task.options().getProfilers().stream().map(ProfilerConfig::getKlass).anyMatch("gc"::equals);
    return (hasGc ? builder : builder.addProfiler(GCProfiler.class)).build();
  }

  private static String reason(RunnerException e) {
    Throwable cause = e;
    for (Throwable next = e; next != null; next = next.getCause()) {
      cause = next;
    }
    String message = cause.getMessage();
    return "it failed: " + (message == null ? cause.getClass().getSimpleName() : message.strip());
  }
}
