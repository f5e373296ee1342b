package dev.calotype.cache;

import dev.calotype.bench.Memory;
import dev.calotype.bench.NotRun;
import dev.calotype.bytes.Sha256;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * A hit: the entry looked up and checked, its data file mapped, a byte in the middle read, all
 * closed. {@link #confinedOurs} is to be at most twice {@link #floor}, and the same for every size
 * but for what the system takes to unmap: it looks at each 2 MiB of what was mapped, some 4 µs for
 * 1 GB, in the floor as in ours.
 *
 * <p>The floor, in C and in Java, opens the data file by name, reads its first page, maps it, reads
 * the byte, unmaps and closes: what a cache of plain files without any check would do. The other
 * peers have the same file in their own way and read the same byte; those that can't map it copy
 * all of it first. Only RocksDB checks what it returns, by a checksum.
 *
 * <p>Everything is in the page cache and compiled. Not measured: a first hit in a fresh JVM, cold
 * disks, entries of many files.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 5,
    jvmArgsAppend = {
      "--enable-native-access=ALL-UNNAMED",
      "--add-opens=java.base/java.nio=ALL-UNNAMED",
      "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"
    })
public class HitBenchmark {
  private static final int CALLS = 1000;
  private static final Expectations FULL = Expectations.none().withTier(Tier.FULL);

  /** Of a peer that copies: the file's pages, two copies, and one while it is put in. */
  private static final int COPIES = 4;

  /** How many bytes the data has. */
  @Param({"100000", "10000000", "1000000000"})
  public long bytes;

  private final byte[] chunk = new byte[1 << 20];
  private final ByteBuffer page = ByteBuffer.allocateDirect(4096);
  private StoreConfig config = StoreConfig.standard();
  private Key key = BenchEntries.key(0);
  private Path file = Path.of("");
  private MemorySegment name = MemorySegment.NULL;
  private Optional<Store> store = Optional.empty();
  private Optional<Peer> peer = Optional.empty();
  private Arena kept = Arena.ofShared();
  private int hits;

  /** Makes the entry. */
  @Setup
  public void make(BenchmarkParams running) throws IOException {
    Floor.requireFor(running, "c");
    config = BenchEntries.ofSize(bytes);
    key = BenchEntries.key(bytes);
    file = key.place().folder(Layout.in(config.folder()).entries()).resolve("module.ji");
    name = Arena.global().allocateFrom(file.toString());
    store = Optional.of(Store.open(config));
    peer = peer(running);
  }

  private Optional<Peer> peer(BenchmarkParams running) throws IOException {
    String bench = running.getBenchmark();
    String method = bench.substring(bench.lastIndexOf('.') + 1);
    switch (method) {
      case "lmdb" -> {
        return Optional.of(LmdbPeer.of(file));
      }
      case "zstd", "rocksdb", "disklru" -> {
        long available = Math.min(Memory.available() / COPIES, Runtime.getRuntime().maxMemory());
        if (available < bytes + (bytes >> 2)) {
          throw NotRun.because(running, "there is no memory for copies");
        }
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(
        switch (method) {
          case "zstd" -> ZstdPeer.of(file);
          case "rocksdb" -> RocksDbPeer.of(file);
          default -> DiskLruPeer.of(file);
        });
  }

  /** Closes the store. */
  @TearDown
  public void close() throws IOException {
    kept.close();
    store.orElseThrow().close();
    if (peer.isPresent()) {
      peer.get().close();
    }
  }

  /** Mapped into a confined arena. */
  @Benchmark
  public byte confinedOurs() throws IOException {
    try (Lookup lookup = store.orElseThrow().get(key);
        Arena arena = Arena.ofConfined()) {
      return touch(((Hit) lookup).map(arena));
    }
  }

  /** Mapped into a shared arena, whose closing waits for all threads. */
  @Benchmark
  public byte sharedOurs() throws IOException {
    try (Lookup lookup = store.orElseThrow().get(key);
        Arena arena = Arena.ofShared()) {
      return touch(((Hit) lookup).map(arena));
    }
  }

  /** Mapped into a shared arena that lives long: for a thousand hits, all unmapped at once. */
  @Benchmark
  public byte keptOurs() throws IOException {
    if (++hits % CALLS == 0) {
      kept.close();
      kept = Arena.ofShared();
    }
    try (Lookup lookup = store.orElseThrow().get(key)) {
      return touch(((Hit) lookup).map(kept));
    }
  }

  /** Without mapping: an open file that may be read. */
  @Benchmark
  public boolean openedOurs() throws IOException {
    try (Lookup lookup = store.orElseThrow().get(key)) {
      return lookup instanceof Hit;
    }
  }

  /** With every byte verified. */
  @Benchmark
  public boolean fullOurs() throws IOException {
    try (Lookup lookup = store.orElseThrow().get(key, FULL)) {
      return lookup instanceof Hit;
    }
  }

  /** The digests of as many bytes, by one thread, from memory. */
  @Benchmark
  public int fullSha256() {
    int sum = 0;
    for (long at = 0; at < bytes; at += chunk.length) {
      sum += Sha256.of(chunk, 0, (int) Math.min(chunk.length, bytes - at))[0];
    }
    return sum;
  }

  /** The least that it could be, in C. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public long c() {
    return Floor.hits(name, CALLS);
  }

  /** The same in Java. */
  @Benchmark
  public byte floor() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      channel.read(page.clear(), 0);
      return touch(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    }
  }

  /** A table of LMDB, which maps it. */
  @Benchmark
  public byte lmdb() throws IOException {
    return peer.orElseThrow().hit();
  }

  /** Wasmtime's way: read, decoded, copied. */
  @Benchmark
  public byte zstd() throws IOException {
    return peer.orElseThrow().hit();
  }

  /** RocksDB with blob files. */
  @Benchmark
  public byte rocksdb() throws IOException {
    return peer.orElseThrow().hit();
  }

  /** DiskLruCache, read into an array. */
  @Benchmark
  public byte disklru() throws IOException {
    return peer.orElseThrow().hit();
  }

  private static byte touch(MemorySegment bytes) {
    return bytes.get(ValueLayout.JAVA_BYTE, bytes.byteSize() / 2);
  }
}
