package dev.calotype.ji;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The header-tier check of a data file that is fresh, closing included: {@link #ours} as a ratio to
 * {@link #c}, which opens the file, reads its first page and closes it, in C. {@link #java} does
 * the same in Java. The two sizes, the larger one of holes, must cost the same.
 *
 * <p>Everything is in the page cache and compiled. Not measured: a first check in a fresh JVM, a
 * cold disk, a file published fast (whose check also looks for a marker), and other verdicts.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CheckBenchmark {
  private static final int CALLS = 1000;

  /** The size of the only section. */
  @Param({"1", "4096"})
  public int mebibytes;

  private final ByteBuffer page = ByteBuffer.allocateDirect(PageOne.SIZE);
  private final Expectations asked =
      Expectations.none().withCompiler("example 1.0").withTarget("x86_64-elf");
  private Path folder = Path.of("");
  private Path file = Path.of("");
  private MemorySegment name = MemorySegment.NULL;

  /** Writes the data file. */
  @Setup
  public void write(BenchmarkParams running) throws IOException {
    boolean _ = CPeer.isThereFor(running, "c");
    folder = Files.createTempDirectory("bench");
    file = folder.resolve("bench.ji");
    name = Arena.global().allocateFrom(file.toString());
    WriteOptions options =
        WriteOptions.standard().withCompiler("example 1.0").withTarget("x86_64-elf");
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      try (OutputStream section = writer.section("zeros", 64, false)) {
        byte[] zeros = new byte[1 << 20];
        for (int i = 0; i < mebibytes; i++) {
          section.write(zeros);
        }
      }
      writer.publish();
    }
    try (Validity validity = ours()) {
      if (!(validity instanceof Validity.Fresh)) {
        throw new IllegalStateException("not fresh: " + validity);
      }
    }
  }

  /** Removes it. */
  @TearDown
  public void remove() throws IOException {
    Files.delete(file);
    Files.delete(folder);
  }

  /** Ours. */
  @Benchmark
  public Validity ours() throws IOException {
    try (Validity validity = DataFile.check(file, asked)) {
      return validity;
    }
  }

  /** The least that any check does. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public long c() {
    return CPeer.headerChecks(name, CALLS);
  }

  /** The same in Java. */
  @Benchmark
  public int java() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.read(page.clear(), 0);
    }
  }
}
