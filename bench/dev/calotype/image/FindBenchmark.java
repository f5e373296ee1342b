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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding a section by name in mapped bytes, from the first byte on each time: {@link #part} by the
 * walk without objects and {@link #view} by the view, as ratios to {@link #c}, which is calotype.h.
 *
 * <p>The file is mapped and in the page cache. Not measured: opening it, cold pages.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class FindBenchmark {
  private static final int TIMES = 1000;

  /** Which image. */
  @Param public Images image = Images.ELF_SMALL;

  private final CWalks walks = new CWalks();
  private MemorySegment bytes = MemorySegment.NULL;
  private MemorySegment name = MemorySegment.NULL;
  private Part part = Part.section("");

  /** Maps the image for as long as the JVM runs. */
  @Setup
  public void map() throws IOException {
    Path path = image.path();
    try (OpenFile file = OpenFile.open(path)) {
      bytes = file.map(Arena.global());
    }
    name = Arena.global().allocateFrom(image.section());
    part = Part.section(image.section());
    if (part() != view() || part() * TIMES != c() || part() == 0) {
      throw new IllegalStateException("part %d, view %d, C %d".formatted(part(), view(), c()));
    }
  }

  /** The walk. */
  @Benchmark
  public long part() {
    return part.findIn(bytes, "image") ? part.offset() : -1;
  }

  /** The view, made anew. */
  @Benchmark
  public long view() {
    return Image.of(bytes, "image").section(image.section()).orElseThrow().offset();
  }

  /** The C program; a thousand times, so that the call from Java costs nothing. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long c() {
    return walks.find(bytes, name, TIMES);
  }
}
