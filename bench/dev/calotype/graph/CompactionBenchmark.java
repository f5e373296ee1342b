package dev.calotype.graph;

import dev.calotype.Durability;
import dev.calotype.bench.NotRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
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
 * Compacting a graph, as it was recorded; 141.5 MB of rustc's, so 708 ms are 200 MB a second. The
 * peer copies the file.
 *
 * <p>Files are in the page cache. Not measured: the disk, for nothing is synced; a graph of many
 * sessions, of which there is more to leave out.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 3)
@Fork(5)
public class CompactionBenchmark {
  /** Which graph. */
  @Param("RUSTC")
  public BenchGraph graph = BenchGraph.RUSTC;

  private Path file = Path.of("");
  private Path other = Path.of("");

  /** Takes a copy. */
  @Setup(Level.Invocation)
  public void prepare(BenchmarkParams running) throws IOException {
    NotRun.ifThereIs(graph.missing(), running);
    file = Path.of("target", "bench", "compaction.graph").toAbsolutePath();
    other = Path.of(file + ".copy");
    Files.copy(graph.file(), file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes it. */
  @TearDown(Level.Invocation)
  public void remove() throws IOException {
    Files.delete(file);
    Files.deleteIfExists(other);
  }

  /** Ours. */
  @Benchmark
  public long ours() throws IOException {
    CompactionOptions options = CompactionOptions.standard().withDurability(Durability.FAST);
    try (Compaction compaction = Compaction.start(file, options)) {
      return compaction.await().bytesAfter();
    }
  }

  /** A copy of the file. */
  @Benchmark
  public long copy() throws IOException {
    return Files.size(Files.copy(file, other));
  }
}
