package dev.calotype.report;

import static dev.calotype.report.Stored.access;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DecisionTest {
  @Test
  void theAnswerSaysWhoWinsFromWhichSizeOn() {
    Decision decision =
        decide(
            exact("MAP_CONFINED", "KIB_4", 9),
            exact("READ_ALL", "KIB_4", 3),
            exact("MAP_CONFINED", "KIB_64", 9),
            exact("READ_ALL", "KIB_64", 18),
            exact("MAP_CONFINED", "MIB_1", 9),
            exact("READ_ALL", "MIB_1", 90));
    assertThat(decision.question()).isEqualTo("all, in order · warm");
    assertThat(texts(decision)).containsExactly("read 3.00×", "map 2.00×", "map 10.0×");
    assertThat(decision.answer())
        .isEqualTo("read up to 4 KiB (3.00×), map from 64 KiB on (up to 10.0× at 1 MiB)");
  }

  @Test
  void theFastestOfEachSideAreCompared() {
    Decision decision =
        decide(
            exact("MAP_SHARED", "MIB_1", 50),
            exact("MAP_CONFINED", "MIB_1", 10),
            exact("READ_ALL", "MIB_1", 90),
            exact("READ_PAGES", "MIB_1", 30),
            exact("PREAD_PAGES", "MIB_1", 20));
    assertThat(decision.cells().firstEntry().getValue().best())
        .extracting(Access::way)
        .containsExactly("MAP_CONFINED", "PREAD_PAGES", "READ_ALL");
    assertThat(decision.answer()).isEqualTo("map 2.00×");
  }

  @Test
  void pagesReadByPositionAreASideOfTheirOwn() {
    Decision decision =
        decide(
            exact("MAP_CONFINED", "MIB_1", 20),
            exact("READ_ALL", "MIB_1", 60),
            exact("PREAD_PAGES", "MIB_1", 4));
    assertThat(decision.answer()).isEqualTo("pages 5.00×");
    assertThat(DecisionPicture.style(decision.cells().firstEntry().getValue())).isEqualTo("pages");
  }

  @Test
  void ofThreeSidesTwoMayLead() {
    Decision decision =
        decide(
            access("PREAD_PAGES", "MIB_1", 10, 11, 12),
            access("MAP_CONFINED", "MIB_1", 11, 12, 13),
            exact("READ_ALL", "MIB_1", 60));
    assertThat(decision.answer()).isEqualTo("map or pages");
  }

  @Test
  void aMappingThatIsCopiedIsNoMapping() {
    Decision decision = decide(exact("MAP_CONFINED", "MIB_1", 10), exact("MAP_COPY", "MIB_1", 5));
    assertThat(decision.answer()).isEqualTo("read 2.00×");
  }

  @Test
  void whereTheNoiseMeetsNobodyWins() {
    Decision decision =
        decide(
            access("MAP_CONFINED", "KIB_4", 10, 12, 14),
            access("READ_ALL", "KIB_4", 11, 13, 15),
            exact("MAP_CONFINED", "MIB_1", 1),
            exact("READ_ALL", "MIB_1", 4));
    assertThat(decision.answer()).isEqualTo("can't tell up to 4 KiB, map from 1 MiB on (4.00×)");
  }

  @Test
  void whereNoArrayIsLongEnoughOnlyMappingIsLeft() {
    Decision decision =
        decide(
            exact("MAP_CONFINED", "MIB_1", 1),
            exact("READ_ALL", "MIB_1", 4),
            exact("MAP_CONFINED", "GIB_3", 100));
    assertThat(texts(decision)).containsExactly("map 4.00×", "only map");
    assertThat(decision.answer()).isEqualTo("map at every size (up to 4.00× at 1 MiB)");
  }

  @Test
  void winnersThatTakeTurnsAreToldInTurn() {
    Decision decision =
        decide(
            exact("MAP_CONFINED", "KIB_4", 1),
            exact("READ_ALL", "KIB_4", 4),
            exact("MAP_CONFINED", "KIB_64", 4),
            exact("READ_ALL", "KIB_64", 1),
            access("MAP_CONFINED", "MIB_1", 4, 5, 6),
            access("READ_ALL", "MIB_1", 4, 5, 6));
    assertThat(decision.answer())
        .isEqualTo(
            "map up to 4 KiB (4.00×), read at 64 KiB (4.00×)," + " can't tell from 1 MiB on");
  }

  @Test
  void realWorkIsDecidedWithoutASize() throws IOException {
    List<Decision> table = Decision.table(Access.of(Stored.results().rows()));
    assertThat(table)
        .extracting(Decision::question)
        .containsExactly(
            "header only · cold", "all, in order · warm", "image: walk · first answer");
    assertThat(table)
        .extracting(Decision::answer)
        .containsExactly(
            "can't tell",
            "read up to 4 KiB (1.56×), map from 1 MiB on (up to 9.70× at 1 MiB)",
            "map 2.38×");
  }

  /** What took the same time again and again. */
  private static Row exact(String method, String size, double time) {
    return access(method, size, time, time, time);
  }

  private static Decision decide(Row... rows) {
    List<Decision> table = Decision.table(Access.of(List.of(rows)));
    assertThat(table).hasSize(1);
    return table.getFirst();
  }

  private static Stream<String> texts(Decision decision) {
    return decision.cells().values().stream().map(Decision.Cell::text);
  }
}
