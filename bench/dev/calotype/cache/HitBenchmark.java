package dev.calotype.cache;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
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

/**
 * A hit: the entry looked up and checked, its data file mapped, a byte in the middle read, all
 * closed. {@link #confined} is to be at most twice {@link #floorInJava}, and the same for every
 * size. The floors open the data file by name, read its first page, map it, read the byte, unmap
 * and close: what a cache of plain files without any check would do.
 *
 * <p>Everything is in the page cache and compiled. Not measured: a first hit in a fresh JVM, cold
 * disks, entries of many files.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class HitBenchmark {
  private static final int CALLS = 1000;

  /** How many bytes the data has. */
  @Param({"100000", "10000000", "1000000000"})
  public long bytes;

  private final ByteBuffer page = ByteBuffer.allocateDirect(4096);
  private StoreConfig config = StoreConfig.in(Path.of(""));
  private Key key = Key.of("none");
  private Path file = Path.of("");
  private MemorySegment name = MemorySegment.NULL;
  private Optional<Store> store = Optional.empty();

  /** Makes the entry. */
  @Setup
  public void make() throws IOException {
    config = BenchEntries.ofSize(bytes);
    key = BenchEntries.key(bytes);
    file = key.place().folder(Layout.in(config.folder()).entries()).resolve("module.ji");
    name = Arena.global().allocateFrom(file.toString());
    store = Optional.of(Store.open(config));
  }

  /** Closes the store. */
  @TearDown
  public void close() throws IOException {
    store.orElseThrow().close();
  }

  /** Ours, mapped into a confined arena. */
  @Benchmark
  public byte confined() throws IOException {
    try (Lookup lookup = store.orElseThrow().get(key);
        Arena arena = Arena.ofConfined()) {
      return touch(((Hit) lookup).map(arena));
    }
  }

  /** Ours, mapped into a shared arena, whose closing waits for all threads. */
  @Benchmark
  public byte shared() throws IOException {
    try (Lookup lookup = store.orElseThrow().get(key);
        Arena arena = Arena.ofShared()) {
      return touch(((Hit) lookup).map(arena));
    }
  }

  /** Ours, without mapping: an open file that may be read. */
  @Benchmark
  public boolean opened() throws IOException {
    try (Lookup lookup = store.orElseThrow().get(key)) {
      return lookup instanceof Hit;
    }
  }

  /** The least that it could be, in C. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public long floorInC() {
    return Floor.hits(name, CALLS);
  }

  /** The same in Java. */
  @Benchmark
  public byte floorInJava() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      channel.read(page.clear(), 0);
      return touch(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    }
  }

  private static byte touch(MemorySegment bytes) {
    return bytes.get(ValueLayout.JAVA_BYTE, bytes.byteSize() / 2);
  }
}
