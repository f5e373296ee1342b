package dev.calotype.image;

import dev.calotype.bench.FileBytes;
import dev.calotype.bench.When;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
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
 * An image mapped or read into an array: finding a section in it, and going through all of its
 * symbols. The first touches a few pages of a large file, the second a tenth of it.
 *
 * <p>The file is in the page cache. Not measured: a cold disk.
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

  /** Which image. */
  @Param({"ELF_SMALL", "ELF_LARGE"})
  public Images image = Images.ELF_SMALL;

  private @Nullable FileBytes bytes;

  /** Finds the file. */
  @Setup
  public void find(BenchmarkParams running) {
    Path file = image.path(running);
    bytes = new FileBytes(file, when);
  }

  /** Sees that both answers are the same. */
  @TearDown
  public void compare() throws IOException {
    if (findMapped() != findRead() || symbolsMapped() != symbolsRead() || symbolsRead() == 0) {
      throw new IllegalStateException("the answers differ");
    }
  }

  /** A section, mapped. */
  @Benchmark
  public long findMapped() throws IOException {
    return bytes().mapped(this::section);
  }

  /** A section, in an array. */
  @Benchmark
  public long findRead() throws IOException {
    return bytes().read(this::section);
  }

  /** All symbols, mapped. */
  @Benchmark
  public long symbolsMapped() throws IOException {
    return bytes().mapped(this::symbols);
  }

  /** All symbols, in an array. */
  @Benchmark
  public long symbolsRead() throws IOException {
    return bytes().read(this::symbols);
  }

  private long section(MemorySegment file) {
    return Image.of(file, "image").section(image.section()).orElseThrow().offset();
  }

  private long symbols(MemorySegment file) {
    Image whole = Image.of(file, "image");
    SymbolTable table = whole.symbols();
    long sum = 0;
    for (Symbol symbol : table.count() == 0 ? whole.dynamicSymbols() : table) {
      sum += symbol.nameLength();
    }
    return sum;
  }

  private FileBytes bytes() {
    return Objects.requireNonNull(bytes);
  }
}
