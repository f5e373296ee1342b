package dev.calotype.graph;

import dev.calotype.bench.NotRun;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Opening a graph, finding one node, closing it again. The peers: the same with LMDB and RocksDB; a
 * hash map of fastutil and arrays, serialised; and rustc's own file, which has to be read to its
 * end.
 *
 * <p>All is in the page cache. Not measured: a cold disk. fastutil's and rustc's heap is to be seen
 * in what they allocate.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgsAppend = {
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"
    })
public class OpenBenchmark {
  /** Which graph. */
  @Param("RUSTC")
  public BenchGraph graph = BenchGraph.RUSTC;

  private Path file = Path.of("");
  private @Nullable Path folder;
  private @Nullable Path rocks;
  private @Nullable Path serialised;
  private Path rustcFile = Path.of("");
  private int kind;
  private long high;
  private long low;

  /** Makes ours; what the peers open is made when they are run. */
  @Setup
  public void make(BenchmarkParams running) throws IOException {
    NotRun.ifThereIs(graph.missing(), running);
    if (running.getBenchmark().endsWith(".rustc")) {
      NotRun.ifThereIs(BenchGraph.missingRustc(), running);
      rustcFile = BenchGraph.rustcFile();
    }
    file = graph.file();
    try (Arena arena = Arena.ofShared();
        Graph opened = Graph.open(file, arena)) {
      long node = opened.limit() / 2;
      kind = opened.kind(node);
      high = opened.keyHigh(node);
      low = opened.keyLow(node);
    }
  }

  /** Ours. */
  @Benchmark
  public long ours() throws IOException {
    try (Arena arena = Arena.ofConfined();
        Graph opened = Graph.open(file, arena)) {
      return opened.find(kind, high, low);
    }
  }

  /** LMDB. */
  @Benchmark
  public boolean lmdb() throws IOException {
    Path made = folder;
    if (made == null) {
      made = Lmdb.folder(graph);
      folder = made;
    }
    try (Lmdb opened = Lmdb.open(made)) {
      return opened.has(kind, high, low);
    }
  }

  /** RocksDB. */
  @Benchmark
  public boolean rocksdb() throws IOException {
    Path made = rocks;
    if (made == null) {
      made = Rocks.folder(graph);
      rocks = made;
    }
    try (Rocks opened = Rocks.open(made)) {
      return opened.has(kind, high, low);
    }
  }

  /** fastutil. */
  @Benchmark
  public long fastutil() throws IOException, ClassNotFoundException {
    Path made = serialised;
    if (made == null) {
      made = serialise();
      serialised = made;
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new BufferedInputStream(Files.newInputStream(made), 1 << 16))) {
      Long2LongOpenHashMap index = (Long2LongOpenHashMap) in.readObject();
      long[] values = (long[]) in.readObject();
      int[] starts = (int[]) in.readObject();
      int[] edges = (int[]) in.readObject();
      return index.get(folded(kind, high, low)) + values.length + starts.length + edges.length;
    }
  }

  /** rustc's file, counted by us. */
  @Benchmark
  public long rustc() throws IOException {
    try (RustcGraph opened = RustcGraph.open(rustcFile)) {
      return opened.census(_ -> {}).maxDegree();
    }
  }

  private Path serialise() throws IOException {
    Path target = Path.of(file + ".ser");
    if (!Files.exists(target)) {
      try (Arena arena = Arena.ofShared();
          Graph opened = Graph.open(file, arena)) {
        serialise(opened, target);
      }
    }
    return target;
  }

  private static void serialise(Graph from, Path target) throws IOException {
    int limit = Math.toIntExact(from.limit());
    Long2LongOpenHashMap index = new Long2LongOpenHashMap(limit);
    long[] values = new long[2 * limit];
    int[] starts = new int[limit + 1];
    int[] edges = new int[Math.toIntExact(from.edges())];
    long[] some = new long[1 << 22];
    int at = 0;
    for (NodeCursor cursor = from.cursor(); cursor.next(); ) {
      int node = (int) cursor.node();
      index.put(folded(cursor.kind(), cursor.keyHigh(), cursor.keyLow()), node);
      values[2 * node] = cursor.valueHigh();
      values[2 * node + 1] = cursor.valueLow();
      starts[node] = at;
      int count = cursor.edges(some);
      for (int i = 0; i < count; i++) {
        edges[at++] = (int) some[i];
      }
      starts[node + 1] = at;
    }
    try (ObjectOutputStream out =
        new ObjectOutputStream(new BufferedOutputStream(Files.newOutputStream(target), 1 << 16))) {
      out.writeObject(index);
      out.writeObject(values);
      out.writeObject(starts);
      out.writeObject(edges);
    }
  }

  private static long folded(int kind, long high, long low) {
    return KeyHash.of(kind, high, low);
  }
}
