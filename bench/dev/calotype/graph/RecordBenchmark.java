package dev.calotype.graph;

import dev.calotype.Durability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Recording three million made-up nodes with 22 million edges in a heap of 64 MiB, per node, until
 * they are committed. The peer puts the same nodes into LMDB; {@link #nothing} is the part of each
 * that makes them up.
 *
 * <p>Not measured: the disk, for nothing is synced.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(RecordBenchmark.NODES)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 5,
    jvmArgsAppend = {
      "-Xmx64m",
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"
    })
public class RecordBenchmark {
  static final int NODES = 3_000_000;

  private Path folder = Path.of("");

  /** Makes an empty folder. */
  @Setup(Level.Invocation)
  public void empty() throws IOException {
    Files.createDirectories(Path.of("target", "bench"));
    folder = Files.createTempDirectory(Path.of("target", "bench").toAbsolutePath(), "record");
  }

  /** Removes it. */
  @TearDown(Level.Invocation)
  public void remove() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Ours, by one thread. */
  @Benchmark
  public long oneThreadOurs() throws Exception {
    return record(1);
  }

  /** Ours, by two threads. */
  @Benchmark
  public long twoThreadsOurs() throws Exception {
    return record(2);
  }

  /** Making up the nodes, and no more. */
  @Benchmark
  public long nothing() {
    return BenchGraph.generate(
        0,
        NODES,
        1,
        // All of them, or the compiler would not make up what nobody asks for.
        (kind, high, low, valueHigh, valueLow, edges, count) ->
            kind + high + low + valueHigh + valueLow + (count == 0 ? 0 : edges[count - 1]));
  }

  /** LMDB, by the one thread that it allows. */
  @Benchmark
  public long lmdb() {
    try (Lmdb table = Lmdb.open(folder)) {
      return table.record(NODES);
    }
  }

  private long record(int count) throws Exception {
    Path file = folder.resolve("graph");
    SessionOptions options = SessionOptions.standard().withDurability(Durability.FAST);
    try (Session session = Session.open(file, options)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int thread = i;
        threads.add(
            Thread.ofPlatform()
                .start(() ->
                    BenchGraph.generate(
                        thread, NODES, count, new Recording(session, thread, count))));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(file, arena)) {
      if (graph.nodes() != NODES) {
        throw new IllegalStateException("%d nodes".formatted(graph.nodes()));
      }
      return graph.bytes();
    }
  }

  /** Remembers the indices of a thread's nodes, as whoever records has to for the edges. */
  private static final class Recording implements BenchGraph.Sink {
    private final Session session;
    private final int thread;
    private final int threads;
    private final int[] indices;
    private int next;

    Recording(Session session, int thread, int threads) {
      this.session = session;
      this.thread = thread;
      this.threads = threads;
      this.indices = new int[NODES / threads + 1];
    }

    @Override
    public long node(
        int kind,
        long keyHigh,
        long keyLow,
        long valueHigh,
        long valueLow,
        long[] edges,
        int count) {
      for (int i = 0; i < count; i++) {
        edges[i] = indices[((int) edges[i] - thread) / threads];
      }
      long node = session.node(kind, keyHigh, keyLow, valueHigh, valueLow, edges, count);
      indices[next++] = (int) node;
      return node;
    }
  }
}
