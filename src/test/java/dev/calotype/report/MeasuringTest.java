package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.report.BenchSet.Task;
import dev.calotype.report.Measuring.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.AverageTimeResult;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.IterationType;
import org.openjdk.jmh.runner.WorkloadParams;
import org.openjdk.jmh.runner.options.TimeValue;

final class MeasuringTest {
  @TempDir private Path folder;

  @Test
  void aRoundHasOneForkOfEachInAnOrderOfTheSeed() {
    List<Task> tasks =
        List.of(
            Benches.task("a", 2, 1),
            Benches.task("b", 2, 1),
            Benches.task("c", 1, 1),
            Benches.task("d", 2, 1),
            Benches.task("e", 2, 1));
    List<Step> steps = Measuring.steps(tasks, 7);
    assertThat(steps).extracting(Step::round).containsExactly(0, 0, 0, 0, 0, 1, 1, 1, 1);
    assertThat(steps.subList(0, 5))
        .extracting(Step::task)
        .containsExactlyInAnyOrderElementsOf(tasks);
    assertThat(steps.subList(5, 9)).extracting(Step::task).doesNotContain(tasks.get(2));
    assertThat(Measuring.steps(tasks, 7)).isEqualTo(steps);
    assertThat(Measuring.steps(tasks, 8)).isNotEqualTo(steps);
  }

  @Test
  void theForksOfATaskAreOneResult() throws IOException {
    Task task = Benches.task("ours", 2, 1);
    Measuring measuring = new Measuring(List.of(task), Benches.quiet(), folder.resolve("none"));
    measuring.add(task, List.of(fork(task, 10, 12)));
    measuring.add(task, List.of(fork(task, 20, 24)));
    List<Json> results = measuring.results();
    assertThat(results).hasSize(1);
    String text = results.getFirst().write();
    assertThat(text.replaceAll("\\s", ""))
        .contains("\"forks\":2", "\"rawData\":[[10.0,12.0],[20.0,24.0]]")
        .doesNotContain("scorePercentiles");
  }

  @Test
  void aBenchSaysItselfWhyItCannotRunOnce() throws IOException {
    Path file = folder.resolve("not-run");
    String line =
        "{\"benchmark\":\"dev.calotype.x.Bench.c\",\"params\":{\"size\":\"4\"},\"why\":\"no"
            + " gcc\"}\n";
    Files.writeString(file, line + line);
    Measuring measuring = new Measuring(List.of(), Benches.quiet(), file);
    assertThat(measuring.notRun())
        .extracting(one -> one.get("why").text())
        .containsExactly("no gcc");
  }

  @Test
  void whatWasNotRunIsNoResult() throws IOException {
    Task task = Benches.task("ours", 1, 1);
    Measuring measuring = new Measuring(List.of(task), Benches.quiet(), folder.resolve("none"));
    assertThat(measuring.results()).isEmpty();
    assertThat(measuring.notRun()).isEmpty();
  }

  /** As JMH would have it: an operation took so many nanoseconds in each iteration. */
  private static RunResult fork(Task task, long... nanos) {
    IterationParams iterations =
        new IterationParams(IterationType.MEASUREMENT, nanos.length, TimeValue.seconds(1), 1);
    WorkloadParams workload = new WorkloadParams();
    new TreeMap<>(task.params()).forEach((name, value) -> workload.put(name, value, 0));
    BenchmarkParams params =
        new BenchmarkParams(
            task.name(),
            task.name(),
            false,
            1,
            new int[] {1},
            List.of(),
            1,
            0,
            iterations,
            iterations,
            Mode.AverageTime,
            workload,
            TimeUnit.NANOSECONDS,
            1,
            "java",
            List.of(),
            "25",
            "a JVM",
            "25",
            "1.37",
            TimeValue.seconds(60));
    List<IterationResult> results = new ArrayList<>();
    for (long one : nanos) {
      IterationResult result = new IterationResult(params, iterations, null);
      result.addResult(
          new AverageTimeResult(ResultRole.PRIMARY, "ours", 1, one, TimeUnit.NANOSECONDS));
      results.add(result);
    }
    return new RunResult(params, List.of(new BenchmarkResult(params, results)));
  }
}
