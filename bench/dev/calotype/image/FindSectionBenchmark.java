package dev.calotype.image;

import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding {@code .rodata} by name in the mapped libjvm.so of the running JDK: from bytes to the
 * section's offset, the view made anew each time.
 *
 * <p>Not measured: opening and mapping the file, cold pages, an image kept over many questions, and
 * the design's peer, a walker in C. The number is of this view, not of a traverser that makes no
 * objects.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(5)
public class FindSectionBenchmark {
  private MemorySegment bytes = MemorySegment.NULL;

  /** Maps the library for as long as the JVM runs. */
  @Setup
  public void map() throws IOException {
    Path library = Path.of(System.getProperty("java.home"), "lib", "server", "libjvm.so");
    try (OpenFile file = OpenFile.open(library)) {
      bytes = file.map(Arena.global());
    }
  }

  /** Ours. */
  @Benchmark
  public long find() {
    return Image.of(bytes, "libjvm.so").section(".rodata").orElseThrow().offset();
  }
}
