package dev.calotype.graph;

import dev.calotype.bench.NotRun;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * Going through all edges of a graph: the sum of their targets. The peer is C over the same bytes,
 * which checks nothing. There are 22.5 million in rustc's graph, so 112 ms are 200 million a
 * second.
 *
 * <p>All is in memory and was verified when it was first touched. Not measured: that first time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(5)
public class IterationBenchmark {
  /** Which graph. */
  @Param("RUSTC")
  public BenchGraph graph = BenchGraph.RUSTC;

  private final Arena arena = Arena.ofShared();
  private long[] edges = new long[0];
  private @Nullable Graph opened;
  private @Nullable CProbe probe;

  /** Opens it. */
  @Setup
  public void open(BenchmarkParams running) throws IOException {
    NotRun.ifThereIs(graph.missing(), running);
    opened = Graph.open(graph.file(), arena);
    edges = new long[Math.toIntExact(GraphCensus.of(opened, _ -> {}).maxDegree())];
    if (CProbe.isThereFor(running, "c")) {
      probe = new CProbe(opened, arena);
      if (sum() != sumC()) {
        throw new IllegalStateException("they differ");
      }
    }
  }

  /** Closes it. */
  @TearDown
  public void close() throws IOException {
    graph().close();
    arena.close();
  }

  /** Ours. */
  @Benchmark
  public long ours() {
    return sum();
  }

  /** C. */
  @Benchmark
  public long c() {
    return sumC();
  }

  private long sum() {
    long sum = 0;
    for (NodeCursor cursor = graph().cursor(); cursor.next(); ) {
      int count = cursor.edges(edges);
      for (int i = 0; i < count; i++) {
        sum += edges[i];
      }
    }
    return sum;
  }

  private long sumC() {
    return Objects.requireNonNull(probe).iterate(graph().limit());
  }

  private Graph graph() {
    return Objects.requireNonNull(opened);
  }
}
