package dev.calotype.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
 * What the number of entries costs: a hit and a miss by keys in random order, and opening the store
 * and closing it, which all are to be about the same with 100 entries and with 100,000. A miss is
 * to take 10 µs at most. Entries are one small file each.
 *
 * <p>The floor opens the entry's file by name, reads it and closes it, or finds that it is missing.
 *
 * <p>Everything is in the page cache. Not measured: making keys, which is done before; cleaning up,
 * which {@link CleanupBenchmark} measures.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class ManyEntriesBenchmark {
  private static final int MISSING = 1000;

  /** How many there are. */
  @Param({"100", "100000"})
  public int entries;

  private final ByteBuffer content = ByteBuffer.allocateDirect(4096);
  private final Key[] missing = new Key[MISSING];
  private final Path[] missingFiles = new Path[MISSING];
  private Key[] keys = {};
  private Path[] files = {};
  private StoreConfig config = StoreConfig.standard();
  private Optional<Store> store = Optional.empty();
  private int next;

  /** Makes the entries. */
  @Setup
  public void make(BenchmarkParams running) throws IOException {
    config = BenchEntries.ofMany(entries);
    Path folder = Layout.in(config.folder()).entries();
    keys = new Key[entries];
    files = new Path[entries];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < entries; i++) {
      int other = random.nextInt(i + 1);
      keys[i] = keys[other];
      keys[other] = ManyEntries.key(i);
    }
    for (int i = 0; i < entries; i++) {
      files[i] = file(folder, keys[i]);
    }
    for (int i = 0; i < MISSING; i++) {
      missing[i] = ManyEntries.key(entries + i);
      missingFiles[i] = file(folder, missing[i]);
    }
    store = Optional.of(Store.open(config));
    if (running.getBenchmark().contains(".hit")) {
      readAll();
    }
  }

  /** Whatever a hit needs of the disk is in memory then. */
  private void readAll() throws IOException {
    for (int i = 0; i < entries; i++) {
      store.orElseThrow().get(keys[i]).close();
      Files.readAllBytes(files[i]);
    }
  }

  private static Path file(Path entries, Key key) {
    return key.place().folder(entries).resolve(ManyEntries.FILE);
  }

  /** Closes the store. */
  @TearDown
  public void close() throws IOException {
    store.orElseThrow().close();
  }

  /** An entry that is there. */
  @Benchmark
  public int hitOurs() throws IOException {
    try (Lookup lookup = store.orElseThrow().get(keys[next(entries)])) {
      return ((Hit) lookup).names().size();
    }
  }

  /** Its file. */
  @Benchmark
  public int hitFloor() throws IOException {
    try (FileChannel channel = FileChannel.open(files[next(entries)], StandardOpenOption.READ)) {
      return channel.read(content.clear(), 0);
    }
  }

  /** An entry that is missing. */
  @Benchmark
  public Miss.Reason missOurs() throws IOException {
    try (Lookup lookup = store.orElseThrow().get(missing[next(MISSING)])) {
      return ((Miss) lookup).reason();
    }
  }

  /** A file that is missing. */
  @Benchmark
  public boolean missFloor() throws IOException {
    try (FileChannel channel =
        FileChannel.open(missingFiles[next(MISSING)], StandardOpenOption.READ)) {
      return channel.isOpen();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** The store opened and closed. */
  @Benchmark
  public boolean openOurs() throws IOException {
    try (Store opened = Store.open(config)) {
      return opened.isReadOnly();
    }
  }

  private int next(int count) {
    next = next + 1 < count ? next + 1 : 0;
    return next;
  }
}
