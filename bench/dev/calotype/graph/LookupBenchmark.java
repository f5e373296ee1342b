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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Finding nodes by random keys, per key. Dependent: which key is next is known only when the one
 * before was found, so nothing overlaps. The peers are C over the same bytes; LMDB, which copies
 * nothing either; and RocksDB, which copies eight bytes.
 *
 * <p>All is in memory and was verified when it was first touched. Not measured: that first time;
 * keys that are not there.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Keys.COUNT)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgsAppend = {
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"
    })
public class LookupBenchmark {
  /** Which graph. */
  @Param("RUSTC")
  public BenchGraph graph = BenchGraph.RUSTC;

  private final Arena arena = Arena.ofShared();
  private final long[] found = new long[Keys.COUNT];
  private @Nullable Opened state;
  private @Nullable CProbe probe;

  private @Nullable Lmdb lmdb;
  private @Nullable Rocks rocks;

  private record Opened(Graph graph, Keys keys) {}

  /** Opens it, and touches what will be needed. */
  @Setup
  public void open(BenchmarkParams running) throws IOException {
    NotRun.ifThereIs(graph.missing(), running);
    Graph opened = Graph.open(graph.file(), arena);
    Keys keys = new Keys(opened, arena);
    state = new Opened(opened, keys);
    long ours = dependentOurs();
    if (ours != overlappedOurs() || ours != togetherOurs()) {
      throw new IllegalStateException("they differ");
    }
    if (CProbe.isThereFor(running, "dependentC", "overlappedC")) {
      probe = new CProbe(opened, arena);
      if (ours != dependentC() || ours != overlappedC()) {
        throw new IllegalStateException("C differs");
      }
    }
  }

  /** Closes them. */
  @TearDown
  public void close() throws IOException {
    state().graph.close();
    if (lmdb != null) {
      lmdb.close();
    }
    if (rocks != null) {
      rocks.close();
    }
    arena.close();
  }

  /** Ours, one after the other. */
  @Benchmark
  public long dependentOurs() {
    Graph graph = state().graph;
    Keys keys = state().keys;
    long sum = 0;
    int at = 0;
    for (int i = 0; i < Keys.COUNT; i++) {
      long node = graph.find(keys.kinds[at], keys.highs[at], keys.lows[at]);
      sum += node;
      at = i + 1 + (int) (node >>> 40);
    }
    return sum;
  }

  /** C, one after the other. */
  @Benchmark
  public long dependentC() {
    return Objects.requireNonNull(probe).findDependent(state().keys.all, Keys.COUNT);
  }

  /** Ours, as many at a time as the processor can. */
  @Benchmark
  public long overlappedOurs() {
    Graph graph = state().graph;
    Keys keys = state().keys;
    long sum = 0;
    for (int i = 0; i < Keys.COUNT; i++) {
      sum += graph.find(keys.kinds[i], keys.highs[i], keys.lows[i]);
    }
    return sum;
  }

  /** Ours, many with one call. */
  @Benchmark
  public long togetherOurs() {
    Keys keys = state().keys;
    state().graph.findAll(keys.kinds, keys.highs, keys.lows, found);
    long sum = 0;
    for (long node : found) {
      sum += node;
    }
    return sum;
  }

  /** C, as many at a time as the processor can. */
  @Benchmark
  public long overlappedC() {
    return Objects.requireNonNull(probe).findOverlapped(state().keys.all, Keys.COUNT);
  }

  /** LMDB, which is made when this is run. */
  @Benchmark
  public long lmdb() throws IOException {
    Lmdb table = lmdb;
    if (table == null) {
      table = Lmdb.of(graph);
      lmdb = table;
      if (table.find(state().keys) != overlappedOurs()) {
        throw new IllegalStateException("they differ");
      }
    }
    return table.find(state().keys);
  }

  /** RocksDB, which is made when this is run. */
  @Benchmark
  public long rocksdb() throws IOException {
    Rocks table = rocks;
    if (table == null) {
      table = Rocks.open(Rocks.folder(graph));
      rocks = table;
      if (table.find(state().keys) != overlappedOurs()) {
        throw new IllegalStateException("they differ");
      }
    }
    return table.find(state().keys);
  }

  private Opened state() {
    return Objects.requireNonNull(state);
  }
}
