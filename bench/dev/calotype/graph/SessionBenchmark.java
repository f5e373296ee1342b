package dev.calotype.graph;

import dev.calotype.Durability;
import dev.calotype.bench.NotRun;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * Sessions on a graph that is there: 640 nodes changed and 20 new ones, as rustc has it when one
 * line of three megabytes changes; and none changed, where all are marked green. The counter {@code
 * bytes} is what all measured sessions wrote together, so it is to be divided by how many these
 * are. A session is opened, and committed or closed.
 *
 * <p>Files are in the page cache. Not measured: the disk, for nothing is synced; recomputing what
 * is not green.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(5)
public class SessionBenchmark {
  private static final int CHANGED = 640;
  private static final int NEW = 20;

  /** Which graph. */
  @Param("RUSTC")
  public BenchGraph graph = BenchGraph.RUSTC;

  private final long[] edges = new long[1 << 22];
  private Path file = Path.of("");
  private @Nullable Arena arena;
  private @Nullable Graph opened;
  private long round;

  /** What was written. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Written {
    /** By how much the file grew. */
    public long bytes;
  }

  /** Takes a copy, as it will grow. */
  @Setup
  public void copy(BenchmarkParams running) throws IOException {
    NotRun.ifThereIs(graph.missing(), running);
    file = Path.of("target", "bench", "session.graph").toAbsolutePath();
    Files.copy(graph.file(), file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes it. */
  @TearDown
  public void remove() throws IOException {
    Files.delete(file);
  }

  /** Opens what the others compare with. */
  @Setup(Level.Invocation)
  public void open() throws IOException {
    arena = Arena.ofShared();
    opened = Graph.open(file, arena);
    round++;
  }

  /** Closes it. */
  @TearDown(Level.Invocation)
  public void close() throws IOException {
    Objects.requireNonNull(opened).close();
    Objects.requireNonNull(arena).close();
  }

  /** Some nodes changed; appended. */
  @Benchmark
  public long changeOurs(Written written) throws IOException {
    long before = Files.size(file);
    try (Session session = session(SessionOptions.Form.APPEND)) {
      change(session);
      session.commit();
    }
    written.bytes = Files.size(file) - before;
    return written.bytes;
  }

  /** Some nodes changed; the graph written anew. */
  @Benchmark
  public long changeRewritten(Written written) throws IOException {
    try (Session session = session(SessionOptions.Form.REWRITE)) {
      change(session);
      session.commit();
    }
    written.bytes = Files.size(file);
    return written.bytes;
  }

  /** Every node marked, those first that depend on nothing. */
  @Benchmark
  public long upwardsOurs() throws IOException {
    try (Session session = session(SessionOptions.Form.APPEND)) {
      long green = 0;
      for (long node = 0; node < graph().limit(); node++) {
        green += graph().contains(node) && session.tryMarkGreen(node, _ -> false) ? 1 : 0;
      }
      return require(green);
    }
  }

  /** Every node marked, from those that nothing depends on down. */
  @Benchmark
  public long downwardsOurs() throws IOException {
    try (Session session = session(SessionOptions.Form.APPEND)) {
      long green = 0;
      for (long node = graph().limit() - 1; node >= 0; node--) {
        green += graph().contains(node) && session.tryMarkGreen(node, _ -> false) ? 1 : 0;
      }
      return require(green);
    }
  }

  private Session session(SessionOptions.Form form) throws IOException {
    return Session.open(
        file, SessionOptions.standard().withDurability(Durability.FAST).withForm(form));
  }

  private void change(Session session) {
    Graph graph = graph();
    // A few places, many nodes in each, as the nodes of one function are.
    for (int i = 0; i < CHANGED; i++) {
      long node = (i / 40 + 1) * (graph.limit() / 20) + i % 40 * 3L;
      int count = graph.edges(node, edges);
      long value = graph.valueHigh(node) + 1;
      session.node(
          graph.kind(node), graph.keyHigh(node), graph.keyLow(node), value, round, edges, count);
    }
    for (int i = 0; i < NEW; i++) {
      edges[0] = i;
      session.node(7, BenchGraph.value(round * NEW + i), 1, 2, 3, edges, 1);
    }
  }

  private Graph graph() {
    return Objects.requireNonNull(opened);
  }

  private long require(long green) {
    if (green != graph().nodes()) {
      throw new IllegalStateException("%d green".formatted(green));
    }
    return green;
  }
}
