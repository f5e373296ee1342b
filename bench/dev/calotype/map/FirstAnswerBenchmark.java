package dev.calotype.map;

import dev.calotype.bench.NotRun;
import dev.calotype.os.ffi.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
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
 * To map or to read, from a path to an answer: opening a file by one method, a sum over a part of
 * its bytes, and giving everything back. What a method leaves to the collector, a mapped buffer or
 * an array, is counted as far as the collector runs meanwhile.
 *
 * <p>Each method is compiled, and alone in its JVM. Two threads have the same file each, by means
 * of their own. COLD measures the disk, and the system's reading ahead, as much as the method.
 *
 * <p>Not measured: a first use in a fresh JVM; memory that others need; files that are written to;
 * checks that the file was whole, see docs/mmap-or-read.md. JMH takes the time of each single use,
 * so some 50 ns are its own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class FirstAnswerBenchmark {
  /** By which method. */
  @Param public Method method = Method.MAP_CONFINED;

  /** Of a file of which size. */
  @Param public FileSize size = FileSize.KIB_4;

  /** Which of its bytes. */
  @Param public Pattern pattern = Pattern.HEADER;

  /** From memory or from the disk. */
  @Param public PageCache cache = PageCache.WARM;

  private Path file = Path.of("");
  private int descriptor = -1;

  /** Makes the file, and sees that all methods give the same answer. */
  @Setup
  public void prepare(BenchmarkParams running) throws IOException {
    NotRun.ifThereIs(Combination.why(method, size, pattern), running);
    if (cache == PageCache.COLD) {
      NotRun.ifThereIs(whyNotCold(running.getThreads()), running);
    } else {
      NotRun.ifThereIs(Combination.whyNotInMemory(size), running);
    }
    file = size.file();
    Combination.requireRightAnswer(method, size, pattern, running);
    if (cache == PageCache.COLD) {
      NotRun.ifThereIs(Kernel.whyNotDropped(file), running);
      try (Arena arena = Arena.ofConfined()) {
        descriptor = Kernel.open(arena.allocateFrom(file.toString()));
      }
    }
  }

  private Optional<String> whyNotCold(int threads) {
    if (threads > 1) {
      return Optional.of("one thread would have the pages in memory for the other");
    }
    if (method == Method.MAP_BUFFER) {
      return Optional.of("pages stay until the collector unmaps the buffer");
    }
    return Kernel.missing();
  }

  /** Drops the file's pages. */
  @Setup(Level.Invocation)
  public void drop() throws IOException {
    if (cache == PageCache.COLD) {
      Kernel.drop(descriptor);
    }
  }

  /** Closes the file. */
  @TearDown
  public void close() {
    if (descriptor >= 0) {
      Posix.close(descriptor);
    }
  }

  /** From the path to the answer. */
  @Benchmark
  public long answer() throws IOException {
    try (OpenBytes access = method.open(file)) {
      return pattern.answer(access, size.bytes());
    }
  }
}
