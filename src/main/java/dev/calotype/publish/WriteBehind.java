package dev.calotype.publish;

import java.io.IOException;
import java.util.Optional;

/**
 * Syncs a file while it is written, by a thread of its own, so that the sync at its end has less to
 * wait for. That one is needed nevertheless.
 *
 * <p>Not safe for use by several threads.
 */
final class WriteBehind {
  /** How many bytes are worth a sync. */
  static final long STEP = 1L << 24;

  private final Sync sync;
  private long next = STEP;
  private Optional<Thread> running = Optional.empty();

  /** Of the first sync that failed. Read only after its thread has ended. */
  private Optional<IOException> failure = Optional.empty();

  WriteBehind(Sync sync) {
    this.sync = sync;
  }

  /** Syncs a file. */
  @FunctionalInterface
  interface Sync {
    void run() throws IOException;
  }

  /** Says how far the file is written. Waits for nothing: while one sync runs there is no other. */
  void written(long position) {
    if (position < next || (running.isPresent() && running.get().isAlive())) {
      return;
    }
    next = position + STEP;
    waitForLast();
    running = Optional.of(Thread.ofPlatform().daemon().name("calotype-sync").start(this::run));
  }

  /**
   * Waits for the last sync.
   *
   * @throws IOException if one failed: the system may say so once, and not at the next sync
   */
  void finish() throws IOException {
    waitForLast();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  /** Waits for the last sync of a file that nobody wants any more. */
  void abandon() {
    waitForLast();
  }

  private void run() {
    try {
      sync.run();
    } catch (IOException e) {
      failure = failure.or(() -> Optional.of(e));
    }
  }

  private void waitForLast() {
    boolean interrupted = false;
    while (running.isPresent()) {
      try {
        running.get().join();
        running = Optional.empty();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
