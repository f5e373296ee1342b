package dev.calotype.graph;

import java.io.IOException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Finds an order on a thread of its own, while another takes what has been numbered. */
final class Numbering implements AutoCloseable {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final FutureTask<Boolean> task;
  private final Thread thread;
  private long count;
  private long closed;
  private boolean ended;

  /** Starts the thread. */
  Numbering(CanonicalOrder order) {
    task =
        new FutureTask<>(() -> {
          try {
            order.find((numbers, whole) -> set(numbers, whole, false));
          } finally {
            set(count, closed, true);
          }
          return true;
        });
    thread = Thread.ofPlatform().daemon().name("graph-compaction-order").start(task);
  }

  /**
   * Waits for 256 numbers from {@code first} on.
   *
   * @return how many there are: less than 256 only at the end
   * @throws RuntimeException what the thread has thrown
   */
  int await(long first) throws IOException {
    lock.lock();
    try {
      while (!ended && count - first < Layout.BLOCK_NODES) {
        changed.awaitUninterruptibly();
      }
      if (ended) {
        BackgroundWriter.await(task);
      }
      return (int) Math.min(count - first, Layout.BLOCK_NODES);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all that the first {@code end} nodes depend on has numbers. */
  void awaitClosed(long end) throws IOException {
    lock.lock();
    try {
      while (!ended && closed < end) {
        changed.awaitUninterruptibly();
      }
      if (ended) {
        BackgroundWriter.await(task);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for its end. */
  @Override
  public void close() {
    BackgroundWriter.join(thread);
  }

  private void set(long nowCount, long nowClosed, boolean isEnd) {
    lock.lock();
    try {
      count = nowCount;
      closed = nowClosed;
      ended = isEnd;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
