package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.bench.TemporaryFolder;
import dev.calotype.ji.DataFileWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;

/** Stores and artifacts for the benches, made under {@code target/bench} when first wanted. */
final class BenchEntries {
  /** More than zstd looks back, or the rest would be copies of the first. */
  private static final int CHUNK = 1 << 24;

  private static final int PIECE = 1 << 20;
  private static final Duration NEVER = Duration.ofDays(36_500);

  private BenchEntries() {}

  /** The key of an entry. */
  static Key key(long number) {
    return Key.of("example 1.0 build 4711")
        .with("target", "x86_64-elf")
        .with("optimisation", 2)
        .with("source", new byte[32])
        .with("number", number);
  }

  /** A store with one entry of that many bytes in a data file. */
  static StoreConfig ofSize(long bytes) throws IOException {
    StoreConfig config = lasting(once("store-" + bytes, folder -> makeEntry(folder, bytes)));
    return config.withDurability(Durability.FAST);
  }

  private static void makeEntry(Path folder, long bytes) throws IOException {
    byte[] chunk = chunk();
    StoreConfig config = lasting(folder).withDurability(Durability.FAST);
    try (Store store = Store.open(config)) {
      store.getOrBuild(key(bytes), (_, draft) -> write(draft, chunk, bytes)).close();
    }
  }

  /** A store with {@link ManyEntries}. */
  static StoreConfig ofMany(int count) throws IOException {
    return lasting(once("store-many-" + count, folder -> ManyEntries.make(lasting(folder), count)));
  }

  /** What is in such a store stays there as it is, however often and late it is used. */
  static StoreConfig lasting(Path folder) {
    return StoreConfig.in(folder)
        .withSizeLimit(Long.MAX_VALUE, 70)
        .withEntryLimit(Long.MAX_VALUE, 70)
        .withFreeDisk(0)
        .withAgeLimit(NEVER)
        .withColdCompression(0, NEVER)
        .withCleanupInterval(NEVER);
  }

  /** Fills a folder. */
  @FunctionalInterface
  interface Maker {
    void make(Path folder) throws IOException;
  }

  /** A folder below {@code target/bench}, made under another name if it is missing. */
  static Path once(String name, Maker maker) throws IOException {
    Path folder = Path.of("target", "bench", name).toAbsolutePath();
    if (!Files.exists(folder)) {
      Path fresh = folder.resolveSibling(name + ".new");
      TemporaryFolder.remove(fresh);
      Files.createDirectories(Path.of("target", "bench"));
      PrivateFiles.makeFolder(fresh);
      maker.make(fresh);
      Files.move(fresh, folder);
    }
    return folder;
  }

  /** Writes a data file of these bytes, again and again. */
  static void write(Draft draft, byte[] chunk, long bytes) throws IOException {
    try (DataFileWriter data = draft.data("module.ji")) {
      try (OutputStream section = data.section("bytes", 4096, false)) {
        write(section, chunk, bytes);
      }
      data.publish();
    }
  }

  /** Writes the same bytes anywhere. */
  static void write(OutputStream out, byte[] chunk, long bytes) throws IOException {
    for (long at = 0; at < bytes; at += PIECE) {
      out.write(chunk, (int) (at % CHUNK), (int) Math.min(PIECE, bytes - at));
    }
  }

  /** Bytes that zstd makes half as large. */
  static byte[] chunk() {
    byte[] chunk = new byte[CHUNK];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < CHUNK; i++) {
      chunk[i] = (byte) random.nextInt(16);
    }
    return chunk;
  }
}
