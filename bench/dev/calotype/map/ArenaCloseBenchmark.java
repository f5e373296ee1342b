package dev.calotype.map;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
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

/**
 * What closing costs: one page of an open file is mapped, touched and unmapped, in an arena of one
 * thread, {@link #confined}, and of all, {@link #shared}, whose closing asks every other thread
 * whether it is at the bytes. {@link #kept} unmaps nothing: it touches a page that stays mapped.
 *
 * <p>Meanwhile other threads read, without pause, a mapping of their own. With more of them than
 * processors it is also measured how long a thread waits for one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(5)
public class ArenaCloseBenchmark {
  private static final FileSize SIZE = FileSize.MIB_1;

  /** How many other threads read. */
  @Param({"0", "1", "2", "8"})
  public int readers;

  private final LongAdder sums = new LongAdder();
  private final List<Thread> threads = new ArrayList<>();
  private final Arena all = Arena.ofShared();
  private MemorySegment kept = MemorySegment.NULL;
  private volatile boolean ended;
  private @Nullable FileChannel channel;

  /** Starts the readers. */
  @Setup
  public void start() throws IOException {
    FileChannel opened = FileChannel.open(SIZE.file(), StandardOpenOption.READ);
    channel = opened;
    kept = opened.map(FileChannel.MapMode.READ_ONLY, 0, opened.size(), all);
    for (int i = 0; i < readers; i++) {
      threads.add(Thread.ofPlatform().daemon().start(this::read));
    }
  }

  private void read() {
    while (!ended) {
      sums.add(SegmentBytes.sum(kept, 0, PageBytes.PAGE));
    }
  }

  /** Ends them. */
  @TearDown
  public void end() throws IOException, InterruptedException {
    ended = true;
    for (Thread thread : threads) {
      thread.join();
    }
    all.close();
    channel().close();
    if (readers > 0 && sums.sum() == 0) {
      throw new IllegalStateException("nobody read");
    }
  }

  /** An arena of this thread. */
  @Benchmark
  public long confined() throws IOException {
    return page(Arena.ofConfined());
  }

  /** An arena of all threads. */
  @Benchmark
  public long shared() throws IOException {
    return page(Arena.ofShared());
  }

  /** A mapping that stays. */
  @Benchmark
  public long kept() {
    return SegmentBytes.sum(kept, 0, Long.BYTES);
  }

  private long page(Arena own) throws IOException {
    try (own) {
      MemorySegment page = channel().map(FileChannel.MapMode.READ_ONLY, 0, PageBytes.PAGE, own);
      return SegmentBytes.sum(page, 0, Long.BYTES);
    }
  }

  private FileChannel channel() {
    return Objects.requireNonNull(channel);
  }
}
