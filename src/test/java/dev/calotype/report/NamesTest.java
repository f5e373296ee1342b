package dev.calotype.report;

import static dev.calotype.report.Stored.row;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NamesTest {
  @Test
  void theLastWordSaysWhoAndTheOthersWhichQuestion() {
    assertThat(Names.who("ours")).isEqualTo("ours");
    assertThat(Names.question("ours")).isEmpty();
    assertThat(Names.who("markUpwardsOurs")).isEqualTo("ours");
    assertThat(Names.question("markUpwardsOurs")).isEqualTo("markUpwards");
    assertThat(Names.who("dependentC")).isEqualTo("c");
  }

  @Test
  void cIsThePeerAndElseTheFastestOther() {
    Row ours = row("x.B", "findOurs", 5);
    Row lmdb = row("x.B", "findLmdb", 2);
    Row other = row("x.B", "findOther", 1);
    Row c = row("x.B", "findC", 9);
    assertThat(peer(ours, lmdb, other, c)).contains(c);
    assertThat(peer(ours, lmdb, other)).contains(other);
    assertThat(peer(lmdb, other)).isEmpty();
    assertThat(peer(ours)).isEmpty();
  }

  @Test
  void aPeerOfOneWordAnswersTheQuestionsThatHaveNoneOfTheirOwn() {
    Row split = row("x.B", "splitOurs", 5);
    Row c = row("x.B", "c", 9);
    Row elsewhere = row("y.B", "c", 1);
    assertThat(Names.peer(List.of(split), List.of(elsewhere, split, c))).contains(c);
  }

  private static Optional<Row> peer(Row... rows) {
    return Names.peer(List.of(rows), List.of(rows));
  }
}
