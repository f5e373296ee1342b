package dev.calotype.cache;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that does something again and again, a pause apart or when it is woken. It does not keep
 * the JVM alive, and gives way to everybody.
 */
final class Worker implements AutoCloseable {
  private final Thread thread;
  private final Runnable turn;
  private final long pause;
  private volatile boolean woken;
  private volatile boolean stopped;

  /**
   * Starts it with a pause.
   *
   * @param turn what it does; throws nothing, and ends early when this {@link #isStopped}
   */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing relies on it.
  Worker(String name, Runnable turn, Duration pause) {
    this.turn = turn;
    this.pause = pause.toNanos();
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.start();
  }

  /** Ends the pause. Of calls during one, the first costs a system call. */
  void wake() {
    if (!woken) {
      woken = true;
      LockSupport.unpark(thread);
    }
  }

  boolean isStopped() {
    return stopped;
  }

  /** Ends it, and waits until it has. */
  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    long next = System.nanoTime() + pause;
    while (!stopped) {
      long left = next - System.nanoTime();
      if (left > 0 && !woken) {
        LockSupport.parkNanos(this, left);
      } else {
        woken = false;
        turn.run();
        next = System.nanoTime() + pause;
      }
    }
  }
}
