package dev.calotype.ji;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/**
 * Pieces of one job side by side: digests take nearly all the time there is, and a chunk's stands
 * for itself. All pieces have ended when the job has, however it ends.
 */
final class Lanes {
  /** How many pieces there are at most. Each has a chunk of memory, so not more with more cores. */
  static final int MOST = Math.min(4, Runtime.getRuntime().availableProcessors());

  private Lanes() {}

  /** A job in pieces. */
  interface Job {
    /** Does the piece of that number, from 0. */
    void piece(int number) throws IOException;
  }

  /** Does all pieces; of several failures the one of the first piece counts. */
  static void run(int pieces, Job job) throws IOException {
    List<ForkJoinTask<Void>> others = new ArrayList<>();
    for (int i = 1; i < pieces; i++) {
      int number = i;
      others.add(
          ForkJoinPool.commonPool()
              .submit(() -> {
                job.piece(number);
                return null;
              }));
    }
    try {
      job.piece(0);
    } finally {
      others.forEach(ForkJoinTask::quietlyJoin);
    }
    for (ForkJoinTask<Void> other : others) {
      rethrow(other);
    }
  }

  private static void rethrow(ForkJoinTask<Void> ended) throws IOException {
    try {
      ended.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // It has ended, so this can't be.
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
