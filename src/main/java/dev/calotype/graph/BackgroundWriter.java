package dev.calotype.graph;

import java.io.IOException;
import java.io.Serial;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The thread that writes what others record. There is a fixed number of batches; who wants one
 * waits until one has been written. The first error is kept, and from then on batches are dropped.
 */
final class BackgroundWriter implements AutoCloseable {
  /** Batches besides those that are being filled. */
  static final int WAITING = 16;

  /** What is to be done with a batch, on the thread. */
  interface Sink {
    /** Writes it. */
    void write(Batch batch) throws IOException;
  }

  private final Sink sink;
  private final BlockingQueue<Object> work = new LinkedBlockingQueue<>();
  private final BlockingQueue<Batch> free;
  private final int most;
  private final Thread thread;
  private int made;
  private volatile @Nullable Throwable error;

  /**
   * Starts the thread.
   *
   * @param name the thread's name
   * @param filled how many batches may be being filled at a time
   */
  BackgroundWriter(String name, int filled, Sink sink) {
    this.sink = sink;
    this.most = filled + WAITING;
    this.free = new ArrayBlockingQueue<>(most);
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  /** The first error, if there was one. */
  @Nullable Throwable error() {
    return error;
  }

  /** A batch to fill; waits for one if all are under way. */
  Batch take() {
    Batch batch = free.poll();
    if (batch != null) {
      return batch;
    }
    synchronized (this) {
      if (made < most) {
        made++;
        return new Batch();
      }
    }
    return uninterruptibly(free::take);
  }

  /** Hands a batch over. */
  void submit(Batch batch) {
    work.add(batch);
  }

  /** Waits for a task and throws what it threw. */
  static <T> T await(FutureTask<T> task) throws IOException {
    try {
      return uninterruptibly(task::get);
    } catch (WrappedException e) {
      Throwable cause = e.wrapped.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException runtime) {
        throw runtime;
      }
      if (cause instanceof Error fatal) {
        throw fatal;
      }
      throw new IllegalStateException(e.wrapped);
    }
  }

  /** Runs something on the thread, after all that was handed over before. */
  void submit(FutureTask<?> task) {
    work.add(task);
  }

  /** Waits until all that was handed over is written; throws the first error. */
  void drain() throws IOException {
    FutureTask<Boolean> last = new FutureTask<>(() -> true);
    submit(last);
    await(last);
    Throwable first = error;
    if (first instanceof IOException io) {
      throw io;
    }
    if (first instanceof RuntimeException runtime) {
      throw runtime;
    }
    if (first != null) {
      throw new IllegalStateException(first);
    }
  }

  /** Waits for a thread's end. */
  static void join(Thread thread) {
    uninterruptibly(() -> {
      thread.join();
      return thread;
    });
  }

  /** Ends the thread when all that was handed over is done, and waits for that. */
  @Override
  public void close() {
    work.add(this);
    join(thread);
  }

  private void run() {
    while (true) {
      switch (uninterruptibly(work::take)) {
        case Batch batch -> {
          write(batch);
          free.add(batch);
        }
        case FutureTask<?> task -> task.run();
        default -> {
          return;
        }
      }
    }
  }

  private void write(Batch batch) {
    if (error == null) {
      try {
        sink.write(batch);
      } catch (Throwable e) {
        error = e;
      }
    }
  }

  private interface Waiting<T> {
    T get() throws InterruptedException, ExecutionException;
  }

  /** Interrupts are for the program's own waiting, not for this. */
  private static <T> T uninterruptibly(Waiting<T> waiting) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return waiting.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw new WrappedException(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class WrappedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient ExecutionException wrapped;

    WrappedException(ExecutionException wrapped) {
      super(wrapped);
      this.wrapped = wrapped;
    }
  }
}
