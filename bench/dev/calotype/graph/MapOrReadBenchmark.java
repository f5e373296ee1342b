package dev.calotype.graph;

import dev.calotype.bench.NotRun;
import dev.calotype.bench.When;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * A dependency graph mapped or read into an array: a thousand nodes by random keys, each of which
 * touches three pages or so, and the edges of each.
 *
 * <p>The file is in the page cache. What is touched for the first time is verified, so the first
 * answer includes that. Not measured: a cold disk.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class MapOrReadBenchmark {
  /** The first answer, or one of many. */
  @Param public When when = When.FIRST_ANSWER;

  private static final int LOOKUPS = 1000;

  /** Which graph. */
  @Param("SYNTHETIC_300K")
  public BenchGraph graph = BenchGraph.SYNTHETIC_300K;

  private Path file = Path.of("");
  private @Nullable Keys keys;
  private @Nullable Graph kept;

  /** Makes the graph and draws keys. */
  @Setup
  public void draw(BenchmarkParams running) throws IOException {
    NotRun.ifThereIs(graph.missing(), running);
    file = graph.file();
    try (Arena arena = Arena.ofConfined();
        Graph opened = Graph.open(file, arena)) {
      keys = new Keys(opened, Arena.global());
    }
  }

  /** Sees that both answers are the same. */
  @TearDown
  public void compare() throws IOException {
    kept = null;
    long mapped = lookupsMapped();
    kept = null;
    if (mapped != lookupsRead()) {
      throw new IllegalStateException("the answers differ");
    }
  }

  /** Mapped. */
  @Benchmark
  public long lookupsMapped() throws IOException {
    if (when == When.STEADY) {
      if (kept == null) {
        kept = Graph.open(file, Arena.global());
      }
      return lookups(kept);
    }
    try (Arena arena = Arena.ofConfined();
        Graph opened = Graph.open(file, arena)) {
      return lookups(opened);
    }
  }

  /** In an array. */
  @Benchmark
  public long lookupsRead() throws IOException {
    if (when == When.STEADY) {
      if (kept == null) {
        kept = read();
      }
      return lookups(kept);
    }
    try (Graph read = read()) {
      return lookups(read);
    }
  }

  private Graph read() throws IOException {
    OpenFile open = OpenFile.open(file);
    CommitRecord commit = new CommitFinder(open).find();
    MemorySegment bytes = MemorySegment.ofArray(Files.readAllBytes(file));
    return new Graph(open, bytes.asSlice(0, commit.offset()), commit);
  }

  private long lookups(Graph opened) {
    Keys drawn = Objects.requireNonNull(keys);
    long sum = 0;
    for (int i = 0; i < LOOKUPS; i++) {
      long node = opened.find(drawn.kinds[i], drawn.highs[i], drawn.lows[i]);
      sum += node + opened.edgeCount(node);
    }
    return sum;
  }
}
