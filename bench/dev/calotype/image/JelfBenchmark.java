package dev.calotype.image;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import net.fornwall.jelf.ElfFile;
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

/**
 * For scale beside {@link FindBenchmark}: the same question to jelf, the reader of ELF that the JVM
 * has had.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(5)
public class JelfBenchmark {
  /** Which image. */
  @Param({"ELF_SMALL", "ELF_LARGE"})
  public Images image = Images.ELF_SMALL;

  private MappedByteBuffer buffer = (MappedByteBuffer) MappedByteBuffer.allocateDirect(0);

  /** Maps the image. */
  @Setup
  public void map() throws IOException {
    try (FileChannel channel = FileChannel.open(image.path())) {
      buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  /** jelf. */
  @Benchmark
  public long find() {
    MappedByteBuffer bytes = buffer.duplicate();
    return ElfFile.from(bytes).firstSectionByName(image.section()).header.sh_offset;
  }
}
