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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Opening a file, mapping it, finding a section and closing both again: {@link #ours} in a confined
 * arena, as a ratio to {@link #c}, which is open, fstat, mmap, calotype.h, munmap and close.
 *
 * <p>The file is in the page cache. Not measured: a shared arena, whose closing waits for all
 * threads.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class OpenFindBenchmark {
  private static final int TIMES = 100;

  /** Which image. */
  @Param public Images image = Images.ELF_SMALL;

  private Path path = Path.of("");
  private MemorySegment cPath = MemorySegment.NULL;
  private MemorySegment cName = MemorySegment.NULL;
  private Part part = Part.section("");

  /** Finds the file. */
  @Setup
  public void find(BenchmarkParams running) throws IOException {
    path = image.path(running);
    cPath = Arena.global().allocateFrom(path.toString());
    cName = Arena.global().allocateFrom(image.section());
    part = Part.section(image.section());
    long right = ours();
    if (right == 0 || (CWalks.isThereFor(running, "c") && right * TIMES != c())) {
      throw new IllegalStateException("the answers differ, or there is none");
    }
  }

  /** Ours. */
  @Benchmark
  public long ours() throws IOException {
    try (OpenFile file = OpenFile.open(path);
        Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = file.map(arena);
      return file.whileWhole(() -> part.findIn(bytes, "image")) ? part.offset() : -1;
    }
  }

  /** The C program; a hundred times, so that the call from Java costs nothing. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long c() {
    return CWalks.openFind(cPath, cName, TIMES);
  }
}
