package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.bench.TemporaryFolder;
import dev.calotype.bytes.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
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

/**
 * Publishing 100 MB, {@link #ours}, as a ratio to the plain write of as many bytes, {@link #floor}:
 * a miss, the data file written and digested, the entry renamed into its place and opened. With
 * {@code DURABLE} both sync what they wrote, and ours the folders too.
 *
 * <p>{@link #sha256} is the digests alone, by one thread. On <i>n</i> cores nothing that digests
 * what it writes can take less than the CPU time of both, {@code (floor + sha256) / n}.
 *
 * <p>Evicting the entry, or removing the file, is not measured; nor is compression.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 20)
@Measurement(iterations = 10)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class PublishBenchmark {
  private static final long BYTES = 100_000_000;
  private static final int PIECE = 1 << 20;

  /** Whether to sync. */
  @Param({"FAST", "DURABLE"})
  public Durability durability = Durability.FAST;

  private final byte[] chunk = BenchEntries.chunk();
  private final Key key = BenchEntries.key(BYTES);
  private Path folder = Path.of("");
  private Path file = Path.of("");
  private Optional<Store> store = Optional.empty();

  /** Makes an empty store, on the disk. */
  @Setup
  public void make() throws IOException {
    folder = Files.createTempDirectory(Path.of("target"), "bench-publish-").toAbsolutePath();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    file = folder.resolve("plain");
    StoreConfig config = StoreConfig.in(folder.resolve("store")).withDurability(durability);
    store = Optional.of(Store.open(config.withFreeDisk(0)));
  }

  /** Removes what was written. */
  @Setup(Level.Invocation)
  public void evict() throws IOException {
    store.orElseThrow().evict(key);
    Files.deleteIfExists(file);
  }

  /** Removes everything. */
  @TearDown
  public void remove() throws IOException {
    store.orElseThrow().close();
    TemporaryFolder.remove(folder);
  }

  /** An entry, built. */
  @Benchmark
  public boolean ours() throws IOException {
    try (Hit hit =
        store
            .orElseThrow()
            .getOrBuild(key, (_, draft) -> BenchEntries.write(draft, chunk, BYTES))) {
      if (!hit.isStored()) {
        throw new IllegalStateException("not stored");
      }
      return hit.data().isPresent();
    }
  }

  /** The digests of as many bytes, in pieces as a data file has them. */
  @Benchmark
  public int sha256() {
    int sum = 0;
    for (long at = 0; at < BYTES; at += PIECE) {
      int length = (int) Math.min(PIECE, BYTES - at);
      sum += Sha256.of(chunk, (int) (at % chunk.length), length)[0];
    }
    return sum;
  }

  /** A file, written. */
  @Benchmark
  public long floor() throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = 0; at < BYTES; at += PIECE) {
        ByteBuffer piece =
            ByteBuffer.wrap(chunk, (int) (at % chunk.length), (int) Math.min(PIECE, BYTES - at));
        while (piece.hasRemaining()) {
          channel.write(piece);
        }
      }
      if (durability == Durability.DURABLE) {
        channel.force(true);
      }
      return channel.size();
    }
  }
}
