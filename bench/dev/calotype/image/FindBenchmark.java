package dev.calotype.image;

import dev.calotype.bench.NotRun;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import net.fornwall.jelf.ElfFile;
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
 * Finding a section by name in mapped bytes, from the first byte on each time: {@link #partOurs} by
 * the walk without objects and {@link #viewOurs} by the view, as ratios to {@link #c}, which is
 * calotype.h. For scale, {@link #jelf}, the reader of ELF that the JVM has had.
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

  private MemorySegment bytes = MemorySegment.NULL;
  private MemorySegment name = MemorySegment.NULL;
  private Part part = Part.section("");
  private MappedByteBuffer buffer = (MappedByteBuffer) MappedByteBuffer.allocateDirect(0);

  /** Maps the image for as long as the JVM runs. */
  @Setup
  public void map(BenchmarkParams running) throws IOException {
    Path path = image.path(running);
    try (OpenFile file = OpenFile.open(path)) {
      bytes = file.map(Arena.global());
    }
    name = Arena.global().allocateFrom(image.section());
    part = Part.section(image.section());
    long right = partOurs();
    if (right == 0 || right != viewOurs()) {
      throw new IllegalStateException("part %d, view %d".formatted(right, viewOurs()));
    }
    if (CWalks.isThereFor(running, "c") && right * TIMES != c()) {
      throw new IllegalStateException("ours %d, C %d".formatted(right * TIMES, c()));
    }
    if (running.getBenchmark().endsWith(".jelf")) {
      mapForJelf(path, running, right);
    }
  }

  private void mapForJelf(Path path, BenchmarkParams running, long right) throws IOException {
    if (image == Images.MACHO || image == Images.PE) {
      throw NotRun.because(running, "jelf reads ELF only");
    }
    try (FileChannel channel = FileChannel.open(path)) {
      buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
    if (jelf() != right) {
      throw new IllegalStateException("ours %d, jelf %d".formatted(right, jelf()));
    }
  }

  /** The walk. */
  @Benchmark
  public long partOurs() {
    return part.findIn(bytes, "image") ? part.offset() : -1;
  }

  /** The view, made anew. */
  @Benchmark
  public long viewOurs() {
    return Image.of(bytes, "image").section(image.section()).orElseThrow().offset();
  }

  /** The C program; a thousand times, so that the call from Java costs nothing. */
  @Benchmark
  @OperationsPerInvocation(TIMES)
  public long c() {
    return CWalks.find(bytes, name, TIMES);
  }

  /** jelf. */
  @Benchmark
  public long jelf() {
    MappedByteBuffer bytes = buffer.duplicate();
    return ElfFile.from(bytes).firstSectionByName(image.section()).header.sh_offset;
  }
}
