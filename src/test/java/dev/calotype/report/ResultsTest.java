package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResultsTest {
  @Test
  void jmhsOwnResultsBecomeRows() throws IOException {
    Results results = Stored.results();
    assertThat(results.seed()).isEqualTo(4711);
    assertThat(results.rows()).hasSize(13);
    Row find = results.rows().get(9);
    assertThat(find.bench()).isEqualTo("image.FindBenchmark");
    assertThat(find.method()).isEqualTo("ours");
    assertThat(find.params()).isEqualTo(Map.of("image", "ELF_SMALL"));
    assertThat(find.forks()).hasSize(2).allMatch(fork -> fork.size() == 3);
    assertThat(find.interval().median()).isCloseTo(30.45e-9, within(1e-12));
    assertThat(find.allocated()).isEqualTo(0.004);
    assertThat(results.notRun())
        .containsExactly(
            new Results.NotRun(
                "map.FirstAnswerBenchmark.answer",
                "WARM READ_ALL SEQUENTIAL GIB_3",
                "an array ends at 2 GiB"));
  }

  @ParameterizedTest
  @CsvSource({
    "2, ns/op, 2e-9",
    "2, us/op, 2e-6",
    "2, ms/op, 2e-3",
    "2, s/op, 2",
    "4, ops/ms, 25e-5"
  })
  void everyUnitBecomesSecondsAnOperation(double score, String unit, double seconds)
      throws IOException {
    assertThat(Row.of(result(score, unit)).forks().get(0).get(0))
        .isCloseTo(seconds, within(seconds * 1e-9));
  }

  @Test
  void whatIsNoTimeIsRefused() {
    assertThatThrownBy(() -> Row.of(result(1, "B/op")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dev.calotype.x.XBenchmark.ours: 1.0 B/op is no time");
    assertThatThrownBy(() -> Row.of(result(0, "ops/s")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "'', it is no JSON",
    "'{', it is no JSON",
    "'[]', it is no results.json of calotype bench",
    "'{\"calotype-bench\":2}', 'it is in version 2, not 1'"
  })
  void anythingElseIsRefusedInOneClause(String text, String why) {
    assertThatThrownBy(() -> Results.read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(why);
  }

  @Test
  void everyClassOfBenchesHasALineInTheCatalogue() throws IOException {
    Path benches = Path.of(System.getProperty("calotype.root", ""), "bench/dev/calotype");
    Catalogue catalogue = new Catalogue();
    try (Stream<Path> files = Files.walk(benches)) {
      List<String> names =
          files
              .map(file -> benches.relativize(file).toString())
              .filter(name -> name.endsWith("Benchmark.java"))
              .map(name -> name.replace('/', '.').replace(".java", ""))
              .toList();
      assertThat(names)
          .hasSizeGreaterThan(10)
          .noneMatch(name -> catalogue.question(name).isEmpty());
    }
  }

  @Test
  void aMapWithoutOrderIsWrittenInTheOrderOfItsNames() {
    assertThat(new Json(Map.of("b", 1, "a", List.of(0.5, "x", true), "c", "")).write())
        .isEqualTo("{\"a\":[0.5,\"x\",true],\"b\":1,\"c\":\"\"}");
  }

  private static Json result(double score, String unit) throws IOException {
    return Json.parse(
        """
        {"benchmark": "dev.calotype.x.XBenchmark.ours",
         "primaryMetric": {"scoreUnit": "%s", "rawData": [[%s]]}}
        """
            .formatted(unit, score));
  }
}
