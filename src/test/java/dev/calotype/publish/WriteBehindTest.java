package dev.calotype.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WriteBehindTest {
  private static final long STEP = WriteBehind.STEP;

  private final AtomicInteger syncs = new AtomicInteger();

  @Test
  void aFileIsSyncedForEachStepThatItGrew() throws IOException {
    WriteBehind file = new WriteBehind(syncs::incrementAndGet);
    file.written(STEP - 1);
    file.finish();
    assertThat(syncs).hasValue(0);
    file.written(STEP);
    file.finish();
    assertThat(syncs).hasValue(1);
    file.written(2 * STEP - 1);
    file.finish();
    assertThat(syncs).hasValue(1);
    file.written(2 * STEP);
    file.finish();
    assertThat(syncs).hasValue(2);
  }

  @Test
  void whoWritesGoesOnWhileASyncRunsAndStartsNoOther() throws IOException {
    Semaphore go = new Semaphore(0);
    WriteBehind file =
        new WriteBehind(() -> {
          go.acquireUninterruptibly();
          syncs.incrementAndGet();
        });
    for (int i = 1; i <= 5; i++) {
      file.written(i * STEP);
    }
    go.release();
    file.finish();
    assertThat(syncs).hasValue(1);
  }

  @Test
  void aSyncThatFailedIsNotForgottenWhenALaterOneSucceeds() throws IOException {
    WriteBehind file =
        new WriteBehind(() -> {
          if (syncs.incrementAndGet() == 1) {
            throw new IOException("no sector");
          }
        });
    file.written(STEP);
    file.abandon();
    file.written(2 * STEP);
    assertThatThrownBy(file::finish).isInstanceOf(IOException.class).hasMessage("no sector");
    assertThat(syncs).hasValue(2);
  }

  @Test
  void whoIsInterruptedWaitsNeverthelessAndStaysInterrupted() throws IOException {
    Semaphore go = new Semaphore(0);
    WriteBehind file =
        new WriteBehind(() -> {
          go.acquireUninterruptibly();
          syncs.incrementAndGet();
        });
    file.written(STEP);
    Thread.currentThread().interrupt();
    go.release();
    file.finish();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(syncs).hasValue(1);
  }
}
