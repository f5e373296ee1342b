package dev.calotype.stream;

import dev.calotype.Durability;
import dev.calotype.bench.FileBytes;
import dev.calotype.bench.When;
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

/**
 * Metadata mapped or read into an array: decoding all of a million LEB128 numbers, 1.8 MB, and the
 * first hundred of them.
 *
 * <p>The file is in the page cache. Not measured: a cold disk; making objects of what was decoded.
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

  private static final int FEW = 100;

  private Path file = Path.of("");
  private @Nullable FileBytes bytes;

  /** Writes the file. */
  @Setup
  public void write() throws IOException {
    file = Files.createTempDirectory("metadata").resolve("numbers");
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(file, false)) {
      for (int number : Numbers.MIXED.draw()) {
        out.unsigned32(number);
      }
      try (Metadata metadata = out.finish(arena)) {
        metadata.publish(Durability.DURABLE);
      }
    }
    bytes = new FileBytes(file, when);
  }

  /** Sees that both answers are the same, and removes the file. */
  @TearDown
  public void remove() throws IOException {
    if (allMapped() != allRead() || firstMapped() != firstRead()) {
      throw new IllegalStateException("the answers differ");
    }
    Files.delete(file);
    Files.delete(file.getParent());
  }

  /** All numbers, mapped. */
  @Benchmark
  public long allMapped() throws IOException {
    return bytes().mapped(all -> sum(all, Numbers.COUNT));
  }

  /** All numbers, in an array. */
  @Benchmark
  public long allRead() throws IOException {
    return bytes().read(all -> sum(all, Numbers.COUNT));
  }

  /** The first numbers, mapped. */
  @Benchmark
  public long firstMapped() throws IOException {
    return bytes().mapped(all -> sum(all, FEW));
  }

  /** The first numbers, in an array. */
  @Benchmark
  public long firstRead() throws IOException {
    return bytes().read(all -> sum(all, FEW));
  }

  private static long sum(MemorySegment all, int count) {
    MetadataReader in = MetadataReader.of(all, "numbers");
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += in.unsigned32();
    }
    return sum;
  }

  private FileBytes bytes() {
    return Objects.requireNonNull(bytes);
  }
}
