package dev.calotype.report;

import static dev.calotype.report.Benches.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.calotype.report.BenchSet.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;

final class BenchSetTest {
  private static final BenchmarkList LIST =
      Benches.list(
          entry("a.ABench", "c", Mode.AverageTime),
          entry("a.ABench", "ours", Mode.AverageTime),
          entry("a.ABench", "ours", Mode.SampleTime),
          entry("b.BBench", "ours", Mode.AverageTime, "cache=WARM,COLD", "size=4,64"));

  private static final List<String> LINES =
      List.of(
          "# a comment",
          "",
          "quick 12 a\\.ABench -f 3 -wi 1",
          "quick 10 b\\.BBench -f 1 -p size=64",
          "full  99 b\\.BBench");

  @Test
  void eachChoiceOfParametersIsATask() {
    assertThat(tasks("full", ""))
        .extracting(Task::params)
        .containsExactlyInAnyOrder(
            Map.of("cache", "WARM", "size", "4"),
            Map.of("cache", "WARM", "size", "64"),
            Map.of("cache", "COLD", "size", "4"),
            Map.of("cache", "COLD", "size", "64"));
  }

  @Test
  void aLineChoosesParametersForksAndHowLong() {
    assertThat(tasks("quick", ""))
        .extracting(Task::title, Task::forks, Task::seconds)
        .containsExactly(
            // Of two benches, three forks each, in 12 seconds; a bench of two modes is one.
            tuple("a.ABench.c", 3, 2.0),
            tuple("a.ABench.ours", 3, 2.0),
            tuple("b.BBench.ours WARM 64", 1, 5.0),
            tuple("b.BBench.ours COLD 64", 1, 5.0));
  }

  @Test
  void onlyWhatIsWantedIsLeftAndTakesNoLonger() {
    assertThat(tasks("quick", "a.ABench.ours"))
        .extracting(Task::title, Task::seconds)
        .containsExactly(tuple("a.ABench.ours", 2.0));
  }

  @Test
  void optionsThatJmhDoesNotKnowAreAnError() {
    assertThatThrownBy(() ->
            BenchSet.tasks("quick", List.of("quick 1 a --bogus"), LIST, _ -> true, Benches.quiet()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("bogus");
  }

  /** The promise of the command's help, by the sets' own estimate. */
  @Test
  void theSetsTakeNoLongerThanPromised() throws IOException {
    List<List<String>> lines =
        Files.readAllLines(Path.of(System.getProperty("calotype.root")).resolve(BenchSet.FILE))
            .stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(line -> List.of(line.split("\\s+")))
            .toList();
    assertThat(lines).extracting(List::getFirst).containsOnly("quick", "full");
    assertThat(seconds(lines, "quick")).isBetween(1.0, 250.0);
    assertThat(seconds(lines, "full")).isBetween(1.0, 3600.0);
  }

  private static double seconds(List<List<String>> lines, String set) {
    return lines.stream()
        .filter(words -> words.getFirst().equals(set))
        .mapToDouble(words -> Double.parseDouble(words.get(1)))
        .sum();
  }

  private static List<Task> tasks(String set, String only) {
    return BenchSet.tasks(set, LINES, LIST, name -> name.contains(only), Benches.quiet());
  }
}
