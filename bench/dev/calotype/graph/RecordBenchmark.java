package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.calotype.Durability;
import dev.calotype.bench.NotRun;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Recording a made-up graph in a heap of 64 MiB, until it is committed. The counter {@code nodes}
 * is the time for each node. The peer puts the same nodes into LMDB; {@link #nothing} is the part
 * of each that makes them up.
 *
 * <p>Not measured: the disk, for nothing is synced.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
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
  /** Which graph: one that is made up. */
  @Param("SYNTHETIC_3M")
  public BenchGraph graph = BenchGraph.SYNTHETIC_3M;

  private Path folder = Path.of("");

  /** What was recorded. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Recorded {
    /** How many nodes. */
    public long nodes;
  }

  /** Makes an empty folder. */
  @Setup(Level.Invocation)
  public void empty(BenchmarkParams running) throws IOException {
    if (graph.nodes() == 0) {
      NotRun.ifThereIs(Optional.of("it is not made up"), running);
    }
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
  public long oneThreadOurs(Recorded recorded) throws Exception {
    return record(1, recorded);
  }

  /** Ours, by two threads. */
  @Benchmark
  public long twoThreadsOurs(Recorded recorded) throws Exception {
    return record(2, recorded);
  }

  /** Making up the nodes, and no more. */
  @Benchmark
  public long nothing(Recorded recorded) {
    recorded.nodes += graph.nodes();
    return BenchGraph.generate(
        0,
        graph.nodes(),
        1,
        // All of them, or the compiler would not make up what nobody asks for.
        (kind, high, low, valueHigh, valueLow, edges, count) ->
            kind + high + low + valueHigh + valueLow + (count == 0 ? 0 : edges[count - 1]));
  }

  /** LMDB, by the one thread that it allows. */
  @Benchmark
  public long lmdb(Recorded recorded) {
    try (Lmdb table = Lmdb.open(folder)) {
      recorded.nodes += graph.nodes();
      return table.record(graph.nodes());
    }
  }

  private long record(int count, Recorded recorded) throws Exception {
    Path file = folder.resolve("graph");
    int nodes = graph.nodes();
    SessionOptions options = SessionOptions.standard().withDurability(Durability.FAST);
    try (Arena arena = Arena.ofShared();
        Session session = Session.open(file, options)) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int thread = i;
        threads.add(
            Thread.ofPlatform()
                .start(() ->
                    BenchGraph.generate(
                        thread,
                        nodes,
                        count,
                        new Recording(
                            session, thread, count, arena.allocate(4L * nodes / count + 4, 4)))));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph opened = Graph.open(file, arena)) {
      if (opened.nodes() != nodes) {
        throw new IllegalStateException("%d nodes".formatted(opened.nodes()));
      }
      recorded.nodes += nodes;
      return opened.bytes();
    }
  }

  /**
   * Remembers the indices of a thread's nodes, as whoever records has to for the edges: not on the
   * heap, whose size is for the session.
   */
  private static final class Recording implements BenchGraph.Sink {
    private final Session session;
    private final int thread;
    private final int threads;
    private final MemorySegment indices;
    private int next;

    Recording(Session session, int thread, int threads, MemorySegment indices) {
      this.session = session;
      this.thread = thread;
      this.threads = threads;
      this.indices = indices;
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
        edges[i] = indices.getAtIndex(JAVA_INT, ((int) edges[i] - thread) / threads);
      }
      long node = session.node(kind, keyHigh, keyLow, valueHigh, valueLow, edges, count);
      indices.setAtIndex(JAVA_INT, next++, (int) node);
      return node;
    }
  }
}
