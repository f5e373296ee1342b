package dev.calotype.image;

import dev.calotype.bench.NotRun;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
 * All symbols of a library, the lengths of their names summed: {@link #ours} through the view, as a
 * ratio to {@link #c}, which calls glibc's strlen on each.
 *
 * <p>The file is mapped and in the page cache. Not measured: opening it, and making Strings.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class SymbolsBenchmark {
  /** Which library. */
  @Param({"libLLVM", "libjvm"})
  public String library = "";

  private MemorySegment bytes = MemorySegment.NULL;

  /** Maps the library for as long as the JVM runs. */
  @Setup
  public void map(BenchmarkParams running) throws IOException {
    Path path =
        library.equals("libjvm")
            ? Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so")
            : Path.of("/usr/lib/x86_64-linux-gnu/libLLVM.so.19.1");
    if (!Files.exists(path)) {
      throw NotRun.because(running, "there is no " + path);
    }
    try (OpenFile file = OpenFile.open(path)) {
      bytes = file.map(Arena.global());
    }
    long right = ours();
    if (right == 0 || (CWalks.isThereFor(running, "c") && right != c())) {
      throw new IllegalStateException("the answers differ, or there is none");
    }
  }

  /** Ours. */
  @Benchmark
  public long ours() {
    Image image = Image.of(bytes, library);
    SymbolTable symbols = image.symbols();
    long sum = 0;
    for (Symbol symbol : symbols.count() == 0 ? image.dynamicSymbols() : symbols) {
      sum += symbol.nameLength();
    }
    return sum;
  }

  /** The C program. */
  @Benchmark
  public long c() {
    return CWalks.symbols(bytes, 1);
  }
}
