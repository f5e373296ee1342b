package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.ji.DataFileWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Stores for the benches, made under {@code target/bench} when they are first wanted. */
final class BenchEntries {
  private static final int CHUNK = 1 << 20;

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
    StoreConfig config = config("size-" + bytes);
    try (Store store = Store.open(config)) {
      store.getOrBuild(key(bytes), (_, draft) -> write(draft, bytes)).close();
    }
    return config;
  }

  /** A store with that many entries of 1 KB each. */
  static StoreConfig ofMany(int count) throws IOException {
    Path done = folder("many-" + count + ".done");
    StoreConfig config = config("many-" + count);
    if (!Files.exists(done)) {
      try (Store store = Store.open(config)) {
        for (int i = 0; i < count; i++) {
          store.getOrBuild(key(i), (_, draft) -> write(draft, 1000)).close();
        }
      }
      Files.createFile(done);
    }
    return config;
  }

  static Path folder(String name) throws IOException {
    return Files.createDirectories(Path.of("target/bench")).toAbsolutePath().resolve(name);
  }

  private static StoreConfig config(String name) throws IOException {
    return StoreConfig.in(folder(name)).withDurability(Durability.FAST);
  }

  /** Writes a data file whose bytes look half as random as they could. */
  static void write(Draft draft, long bytes) throws IOException {
    try (DataFileWriter data = draft.data("module.ji")) {
      try (OutputStream section = data.section("bytes", 4096, false)) {
        write(section, bytes);
      }
      data.publish();
    }
  }

  /** Writes the same bytes anywhere. */
  static void write(OutputStream out, long bytes) throws IOException {
    byte[] chunk = chunk();
    for (long at = 0; at < bytes; at += CHUNK) {
      out.write(chunk, 0, (int) Math.min(CHUNK, bytes - at));
    }
  }

  /** A megabyte that zstd makes half as large. */
  static byte[] chunk() {
    byte[] chunk = new byte[CHUNK];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < CHUNK; i++) {
      chunk[i] = (byte) random.nextInt(16);
    }
    return chunk;
  }
}
