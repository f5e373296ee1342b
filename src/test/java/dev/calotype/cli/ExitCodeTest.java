package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ExitCodeTest {
  @Test
  void ofSeveralTheWorstCounts() {
    ExitCode[] worstFirst = {
      ExitCode.IO, ExitCode.DAMAGED, ExitCode.FOREIGN, ExitCode.STALE, ExitCode.DONE
    };
    int[] statuses = {74, 2, 3, 1, 0};
    for (int i = 0; i < worstFirst.length; i++) {
      assertThat(worstFirst[i].status()).isEqualTo(statuses[i]);
      for (int j = i; j < worstFirst.length; j++) {
        assertThat(worstFirst[i].and(worstFirst[j])).isEqualTo(worstFirst[i]);
        assertThat(worstFirst[j].and(worstFirst[i])).isEqualTo(worstFirst[i]);
      }
    }
  }
}
