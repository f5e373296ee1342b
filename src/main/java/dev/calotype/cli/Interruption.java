package dev.calotype.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes a signal that ends the process end the work of a thread first, as an error would, so that
 * temporaries are removed.
 */
final class Interruption {
  private static final long PATIENCE_SECONDS = 10;

  private Interruption() {}

  /** Work that leaves nothing behind when its thread is interrupted. */
  interface Work {
    ExitCode run() throws IOException;
  }

  /** Does the work in this thread. */
  static ExitCode guard(Work work) throws IOException {
    Thread worker = Thread.currentThread();
    CountDownLatch tidy = new CountDownLatch(1);
    Thread hook =
        new Thread(() -> {
          worker.interrupt();
          await(tidy);
        });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.run();
    } finally {
      tidy.countDown();
      remove(hook);
    }
  }

  private static void await(CountDownLatch tidy) {
    try {
      boolean done = tidy.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!done) {
        Thread.currentThread().interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running, and now ends.
    }
  }
}
