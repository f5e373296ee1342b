package dev.calotype.ji;

import dev.calotype.bench.FileBytes;
import dev.calotype.bench.When;
import dev.calotype.bytes.Sha256;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The reads of a validity check of a data file of 64 MiB: page one digested, as the header tier
 * does, and every byte digested, a MiB at a time, as the full tier does on one core. Mapped bytes
 * are copied first, because a digest of a page that vanished ends the JVM. {@code Pread},
 * positional reads into one array, is what the check does.
 *
 * <p>The file is in the page cache. Not measured: what a check decides from what it read, for which
 * see {@link CheckBenchmark}; a cold disk. A check opens its file, so there is only a first answer.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class MapOrReadBenchmark {
  private static final int MEBIBYTES = 64;
  private static final int CHUNK = 1 << 20;

  private final byte[] chunk = new byte[CHUNK];
  private Path file = Path.of("");
  private @Nullable FileBytes bytes;

  /** Writes the file. */
  @Setup
  public void write() throws IOException {
    file = Files.createTempDirectory("bench").resolve("bench.ji");
    byte[] part = new byte[CHUNK];
    SplittableRandom random = new SplittableRandom(1);
    try (DataFileWriter writer = DataFileWriter.create(file, WriteOptions.standard())) {
      try (OutputStream section = writer.section("a", 64, false)) {
        for (int i = 0; i < MEBIBYTES; i++) {
          random.nextBytes(part);
          section.write(part);
        }
      }
      writer.publish();
    }
    bytes = new FileBytes(file, When.FIRST_ANSWER);
  }

  /** Sees that all answers are the same, and removes the file. */
  @TearDown
  public void remove() throws IOException {
    if (headerMapped() != headerRead()
        || headerMapped() != headerPread()
        || everyByteMapped() != everyByteRead()
        || everyByteMapped() != everyBytePread()) {
      throw new IllegalStateException("the answers differ");
    }
    Files.delete(file);
    Files.delete(file.getParent());
  }

  /** Page one, mapped and copied. */
  @Benchmark
  public long headerMapped() throws IOException {
    return bytes().mapped(all -> digest(all, 0, PageOne.SIZE));
  }

  /** Page one, of an array of all. */
  @Benchmark
  public long headerRead() throws IOException {
    return bytes().read(all -> digest(all, 0, PageOne.SIZE));
  }

  /** Page one, read alone. */
  @Benchmark
  public long headerPread() throws IOException {
    try (OpenFile open = OpenFile.open(file)) {
      return digest(open, 0, PageOne.SIZE);
    }
  }

  /** Every byte, mapped and copied. */
  @Benchmark
  public long everyByteMapped() throws IOException {
    return bytes().mapped(this::digests);
  }

  /** Every byte, of an array of all. */
  @Benchmark
  public long everyByteRead() throws IOException {
    return bytes().read(this::digests);
  }

  /** Every byte, read a MiB at a time. */
  @Benchmark
  public long everyBytePread() throws IOException {
    long sum = 0;
    try (OpenFile open = OpenFile.open(file)) {
      for (long at = 0; at < open.size(); at += CHUNK) {
        sum += digest(open, at, (int) Math.min(CHUNK, open.size() - at));
      }
    }
    return sum;
  }

  private long digests(MemorySegment all) {
    long sum = 0;
    for (long at = 0; at < all.byteSize(); at += CHUNK) {
      sum += digest(all, at, (int) Math.min(CHUNK, all.byteSize() - at));
    }
    return sum;
  }

  private long digest(MemorySegment all, long at, int length) {
    if (all.heapBase().orElse(null) instanceof byte[] array) {
      return Sha256.of(array, (int) at, length)[0];
    }
    MemorySegment.copy(all, ValueLayout.JAVA_BYTE, at, chunk, 0, length);
    return Sha256.of(chunk, 0, length)[0];
  }

  private long digest(OpenFile open, long at, int length) throws IOException {
    if (open.readAvailable(at, chunk, 0, length) != length) {
      throw new IOException("the file became shorter");
    }
    return Sha256.of(chunk, 0, length)[0];
  }

  private FileBytes bytes() {
    return Objects.requireNonNull(bytes);
  }
}
