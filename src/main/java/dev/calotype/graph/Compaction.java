package dev.calotype.graph;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes a graph anew without what nothing leads to: overwritten nodes, nodes that no session has
 * wanted for long, and indices without a node. It runs on a thread of its own and has the graph's
 * lock until it ends; the new file takes the old one's place at once. Who has the old one open
 * keeps it, unchanged.
 *
 * <p>Nodes are numbered anew, a node behind those it depends on where there is no circle. The order
 * depends on kinds, keys and edges only, so that equal graphs become equal bytes, whoever recorded
 * them in whatever order. See docs/graph-format.md.
 *
 * <p>Memory grows with the graph, as its order takes going through it in all directions. Off the
 * heap: eight bytes for each index, sixteen where they have more than 31 bits. On it: 64 MiB, ten
 * bits for each index, and twenty bytes for each node of the longest way down. The file that is
 * written is never in memory. Three threads work at a time, and up to four at first.
 */
public final class Compaction implements AutoCloseable {
  private final FutureTask<Result> task;
  private final Compactor compactor;
  private final Thread thread;

  /**
   * What a compaction did.
   *
   * @param bytesBefore the file's size before
   * @param bytesAfter and after
   * @param nodes how many nodes there are now
   * @param dropped how many there are no longer
   */
  public record Result(long bytesBefore, long bytesAfter, long nodes, long dropped) {}

  private Compaction(Path path, CompactionOptions options, WriterLock lock) {
    this.compactor = new Compactor(path, options);
    this.task =
        new FutureTask<>(() -> {
          try (lock) {
            return compactor.run();
          }
        });
    this.thread = Thread.ofPlatform().daemon().name("graph-compaction").start(task);
  }

  /**
   * Starts compacting.
   *
   * @throws dev.calotype.RefusedException if a session or another compaction has the graph
   * @throws IOException if there is no such file
   */
  public static Compaction start(Path path, CompactionOptions options) throws IOException {
    Path real = path.toRealPath();
    return new Compaction(real, options, WriterLock.take(real));
  }

  /**
   * Whether compacting would free that share of the file: what the writers counted as dead, and, by
   * their share of all nodes, nodes that would go.
   *
   * @param deadRatio from 0 to 1; a half is a good start
   */
  public static boolean isDue(Graph graph, CompactionOptions options, double deadRatio) {
    double live = graph.bytes() - graph.deadBytes();
    double nodes = Math.max(1, graph.nodes());
    double dead = graph.deadBytes() + live * Compactor.old(graph, options.keep()) / nodes;
    return dead > deadRatio * graph.bytes();
  }

  /**
   * Waits for the end.
   *
   * @throws CancellationException if it was stopped
   * @throws dev.calotype.MalformedImageException if the graph is damaged; it stays as it is
   * @throws IOException what went wrong; the graph stays as it is
   */
  public Result await() throws IOException {
    return BackgroundWriter.await(task);
  }

  /**
   * Waits for the end, but not longer than that.
   *
   * @return empty if it goes on
   * @throws CancellationException as {@link #await()}, and its other exceptions
   * @throws InterruptedException if the thread was interrupted; the compaction goes on
   */
  public Optional<Result> await(Duration most) throws IOException, InterruptedException {
    try {
      task.get(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      // Which await() throws as what it was.
    }
    return Optional.of(await());
  }

  /** Stops it soon. The graph stays as it is, unless it was ready. */
  public void stop() {
    compactor.stop();
  }

  /** Whether it has ended, so that {@link #await} returns at once. */
  public boolean isDone() {
    return task.isDone();
  }

  /** How much of all that is to be done has been done, from 0 to 1: never less than before. */
  public double progress() {
    return compactor.progress();
  }

  /** Stops it and waits for its end. */
  @Override
  public void close() {
    stop();
    BackgroundWriter.join(thread);
  }
}
