package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionProgressTest {
  @TempDir Path folder;

  @Test
  void everyPhaseCountsAndTheEndOnlyWhenItIsThere() {
    CompactionProgress progress = new CompactionProgress();
    progress.expect(1000);
    double before = -1;
    for (CompactionProgress.Phase phase : CompactionProgress.Phase.values()) {
      for (int i = 0; i < 10; i++) {
        assertThat(progress.value()).isGreaterThan(before).isLessThan(1);
        before = progress.value();
        progress.add(phase, 100);
      }
    }
    assertThat(progress.value()).isBetween(0.98, 0.995);
    progress.add(CompactionProgress.Phase.COPY, 1_000_000);
    assertThat(progress.value()).isLessThan(1);
    progress.finish();
    assertThat(progress.value()).isEqualTo(1);
  }

  @Test
  void everyPhaseStopsWhenItIsTold() {
    for (CompactionProgress.Phase phase : CompactionProgress.Phase.values()) {
      CompactionProgress progress = new CompactionProgress();
      progress.expect(10);
      progress.add(phase, 1);
      progress.stop();
      assertThatThrownBy(() -> progress.add(phase, 1)).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void waitingForATimeTellsWhetherItHasEnded() throws Exception {
    Path path = folder.resolve("deps.graph");
    record(path);
    CompactionOptions fast = CompactionOptions.standard().withDurability(Durability.FAST);
    try (Compaction compaction = Compaction.start(path, fast)) {
      double shown = 0;
      Optional<Compaction.Result> result = Optional.empty();
      while (result.isEmpty()) {
        result = compaction.await(Duration.ofNanos(1));
        assertThat(compaction.progress()).isBetween(shown, 1.0);
        shown = compaction.progress();
      }
      assertThat(shown).isEqualTo(1);
      assertThat(result.get()).isEqualTo(compaction.await());
      assertThat(result.get().nodes()).isEqualTo(30_000);
    }
    try (Compaction compaction = Compaction.start(path, fast)) {
      compaction.stop();
      assertThatThrownBy(
              () -> {
                while (compaction.await(Duration.ofNanos(1)).isEmpty()) {
                  Thread.onSpinWait();
                }
              })
          .isInstanceOf(CancellationException.class);
    }
  }

  private static void record(Path path) throws IOException {
    try (Session session =
        Session.open(path, SessionOptions.standard().withDurability(Durability.FAST))) {
      for (int i = 0; i < 30_000; i++) {
        session.node(i % 9, 3, i, i, 0, new long[] {i / 2}, i == 0 ? 0 : 1);
      }
      session.commit();
    }
  }
}
