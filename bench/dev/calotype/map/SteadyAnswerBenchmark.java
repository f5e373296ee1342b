package dev.calotype.map;

import dev.calotype.bench.NotRun;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
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
 * To map or to read, once the file is open: a sum over a part of its bytes, again and again, so
 * that pages are in memory and in the page table, and the processor's caches and TLB have what they
 * have room for.
 *
 * <p>Not measured: opening, the first touch of a page, closing: that is {@link
 * FirstAnswerBenchmark}. Two threads have the same file each, by means of their own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class SteadyAnswerBenchmark {
  /** By which method. */
  @Param public Method method = Method.MAP_CONFINED;

  /** Of a file of which size. */
  @Param public FileSize size = FileSize.KIB_4;

  /** Which of its bytes. */
  @Param public Pattern pattern = Pattern.HEADER;

  private @Nullable OpenBytes access;

  /** Opens the file. */
  @Setup
  public void open(BenchmarkParams running) throws IOException {
    NotRun.ifThereIs(Combination.why(method, size, pattern), running);
    NotRun.ifThereIs(Combination.whyNotInMemory(size), running);
    NotRun.ifThereIs(whySame(), running);
    Combination.requireRightAnswer(method, size, pattern, running);
    access = method.open(size.file());
  }

  private Optional<String> whySame() {
    return switch (method) {
      case MAP_COPY, READ_HEAP -> Optional.of("once open, it is the array of READ_ALL");
      default -> Optional.empty();
    };
  }

  /** Closes it. */
  @TearDown
  public void close() throws IOException {
    if (access != null) {
      access.close();
    }
  }

  /** The answer. */
  @Benchmark
  public long answer() throws IOException {
    return pattern.answer(Objects.requireNonNull(access), size.bytes());
  }
}
