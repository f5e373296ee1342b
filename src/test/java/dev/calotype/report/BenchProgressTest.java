package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.report.Measuring.Step;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BenchProgressTest {
  /** Ten forks of a bench, ten seconds each by the set. */
  private final List<Step> steps = Measuring.steps(List.of(Benches.task("ours", 10, 10)), 1);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long now;

  @Test
  void elsewhereEachTenthIsALine() {
    run(false, 10);
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .hasSize(10)
        .startsWith("10 %, about 90 s left".replace("90 s", "2 min"), "20 %, about 80 s left")
        .endsWith("90 %, about 10 s left", "100 %, about 1 s left");
  }

  @Test
  void onATerminalOneLineChangesAndGoes() {
    run(true, 10);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .startsWith("\r\u001b[K1 of 10, about 2 min left: x.Bench.ours 4")
        .contains("\r\u001b[K10 of 10, about 10 s left: ")
        .endsWith("\r\u001b[K")
        .doesNotContain("\n");
  }

  @Test
  void aSlowMachineIsNoticed() {
    run(false, 30);
    // Half is done, in 150 s; the set's own estimate still weighs a little.
    assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("50 %, about 2 min left");
    assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("90 %, about 28 s left");
  }

  private void run(boolean terminal, long seconds) {
    try (PrintStream to = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      BenchProgress progress = new BenchProgress(to, terminal, steps, () -> now);
      for (Step step : steps) {
        progress.begin(step);
        now += seconds * 1_000_000_000;
        progress.end(step);
      }
      progress.close();
    }
  }
}
