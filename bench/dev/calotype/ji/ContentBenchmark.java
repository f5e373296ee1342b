package dev.calotype.ji;

import dev.calotype.bytes.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

/**
 * Every byte of a data file: the full tier, {@link #verifyOurs}, as a ratio to {@link
 * #verifySha256}, the digest of as many bytes in memory by one thread; and writing, {@link
 * #writeOurs}, as a ratio to {@link #writePlain} and to that digest, since both have to happen.
 *
 * <p>Files are in the page cache. Not measured: the disk, for nothing is synced; compression.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 3)
@Fork(5)
public class ContentBenchmark {
  /** How much there is. */
  @Param({"64", "1024"})
  public int mebibytes;

  private final byte[] part = new byte[1 << 20];
  private Path folder = Path.of("");
  private Path file = Path.of("");

  /** Writes what is verified. */
  @Setup
  public void prepare() throws IOException {
    new SplittableRandom(1).nextBytes(part);
    folder = Files.createTempDirectory("bench");
    file = folder.resolve("bench.ji");
    write(file, true);
  }

  /** Removes everything. */
  @TearDown
  public void remove() throws IOException {
    Files.deleteIfExists(folder.resolve("written.ji"));
    Files.deleteIfExists(folder.resolve("plain"));
    Files.delete(file);
    Files.delete(folder);
  }

  /** The full tier. */
  @Benchmark
  public Validity verifyOurs() throws IOException {
    try (Validity validity = DataFile.check(file, Expectations.none().withTier(Tier.FULL))) {
      if (!(validity instanceof Validity.Fresh)) {
        throw new IllegalStateException("not fresh: " + validity);
      }
      return validity;
    }
  }

  /** The digest alone, over memory. */
  @Benchmark
  public int verifySha256() {
    int sum = 0;
    for (int i = 0; i < mebibytes; i++) {
      sum += Sha256.of(part)[0];
    }
    return sum;
  }

  /** Ours. */
  @Benchmark
  public DataId writeOurs() throws IOException {
    return write(folder.resolve("written.ji"), false);
  }

  /** The same bytes, no digests. */
  @Benchmark
  public long writePlain() throws IOException {
    Path plain = folder.resolve("plain");
    Files.deleteIfExists(plain);
    try (FileChannel channel =
        FileChannel.open(plain, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < mebibytes; i++) {
        ByteBuffer buffer = ByteBuffer.wrap(part);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
      return channel.size();
    }
  }

  private DataId write(Path target, boolean publish) throws IOException {
    Files.deleteIfExists(target);
    try (DataFileWriter writer = DataFileWriter.create(target, WriteOptions.standard())) {
      try (OutputStream section = writer.section("a", 64, false)) {
        for (int i = 0; i < mebibytes; i++) {
          section.write(part);
        }
      }
      // Measured without the sync, which is the disk's speed.
      return publish ? writer.publish() : writer.finish();
    }
  }
}
