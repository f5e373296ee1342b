package dev.calotype.report;

import static dev.calotype.report.Stored.access;
import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.report.Decision.Winner;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DecisionTest {
  @Test
  void theAnswerIsTheSizeFromWhichOnMappingWins() {
    Decision decision =
        decide(
            exact("MAP_CONFINED", "KIB_4", 9),
            exact("READ_ALL", "KIB_4", 3),
            exact("MAP_CONFINED", "KIB_64", 9),
            exact("READ_ALL", "KIB_64", 18),
            exact("MAP_CONFINED", "MIB_1", 9),
            exact("READ_ALL", "MIB_1", 90));
    assertThat(decision.question()).isEqualTo("all, in order · warm");
    assertThat(winners(decision)).containsExactly(Winner.READ, Winner.MAP, Winner.MAP);
    assertThat(decision.cells().firstEntry().getValue().text()).isEqualTo("read 3.00×");
    assertThat(decision.answer()).isEqualTo("map from 64 KiB on, up to 10.0× at 1 MiB");
  }

  @Test
  void theFastestOfEachSideAreCompared() {
    Decision decision =
        decide(
            exact("MAP_SHARED", "MIB_1", 50),
            exact("MAP_CONFINED", "MIB_1", 10),
            exact("READ_ALL", "MIB_1", 90),
            exact("PREAD_PAGES", "MIB_1", 20));
    Decision.Cell cell = decision.cells().firstEntry().getValue();
    assertThat(cell.map().way()).isEqualTo("MAP_CONFINED");
    assertThat(cell.read().orElseThrow().way()).isEqualTo("PREAD_PAGES");
    assertThat(decision.answer()).isEqualTo("map 2.00×");
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
    assertThat(winners(decision)).containsExactly(Winner.UNSURE, Winner.MAP);
    assertThat(decision.answer()).isEqualTo("map, up to 4.00× at 1 MiB; can't tell at 4 KiB");
  }

  @Test
  void whereNoArrayIsLongEnoughOnlyMappingIsLeft() {
    Decision decision =
        decide(
            exact("MAP_CONFINED", "MIB_1", 1),
            exact("READ_ALL", "MIB_1", 4),
            exact("MAP_CONFINED", "GIB_3", 100));
    assertThat(winners(decision)).containsExactly(Winner.MAP, Winner.ONLY_MAP);
    assertThat(decision.answer()).isEqualTo("map at every size, up to 4.00× at 1 MiB");
  }

  @Test
  void winnersThatTakeTurnsGiveNoSize() {
    Decision decision =
        decide(
            exact("MAP_CONFINED", "KIB_4", 1),
            exact("READ_ALL", "KIB_4", 4),
            exact("MAP_CONFINED", "KIB_64", 4),
            exact("READ_ALL", "KIB_64", 1),
            access("MAP_CONFINED", "MIB_1", 4, 5, 6),
            access("READ_ALL", "MIB_1", 4, 5, 6));
    assertThat(decision.answer()).isEqualTo("no size from which on one wins");
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
        .containsExactly("can't tell", "map from 1 MiB on, up to 9.70× at 1 MiB", "map 2.38×");
  }

  /** A measurement without noise. */
  private static Row exact(String way, String size, double time) {
    return access(way, size, time, time, time);
  }

  private static Decision decide(Row... rows) {
    List<Decision> table = Decision.table(Access.of(List.of(rows)));
    assertThat(table).hasSize(1);
    return table.getFirst();
  }

  private static Stream<Winner> winners(Decision decision) {
    return decision.cells().values().stream().map(Decision.Cell::winner);
  }
}
