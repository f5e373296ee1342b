package dev.calotype.examples.endive;

import dev.calotype.cache.Store;
import dev.calotype.cache.StoreConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import run.endive.compiler.Cache;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/**
 * Measures what a cache costs and saves: medians of interleaved rounds, as ratios to a folder of
 * files by digest that checks nothing, which is what Endive's own directory cache is.
 */
final class CompareCaches {
  private static final int ROUNDS = 21;
  private static final int GETS = 100;

  private CompareCaches() {}

  /** Takes an empty folder and a module. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    WasmModule module = Parser.parse(Path.of(args[1]));
    CompileOptions options = CompileOptions.standard();
    Cache plain = new Folder(Files.createDirectories(folder.resolve("plain")));
    try (Store store = Store.open(StoreConfig.in(folder.resolve("store")))) {
      Cache ours = StoreCache.of(store, options);
      long[][] times = new long[5][ROUNDS];
      for (int round = -5; round < ROUNDS; round++) {
        int at = Math.max(round, 0);
        times[0][at] = time(() -> options.builder(module).compile());
        times[1][at] = time(() -> options.builder(module).withCache(plain).compile());
        times[2][at] = time(() -> options.builder(module).withCache(ours).compile());
        times[3][at] = time(() -> gets(plain, module));
        times[4][at] = time(() -> gets(ours, module));
      }
      IO.println("%d bytes of class files".formatted(ours.get(module.digest()).length));
      print("compile, no cache", times[0], times[1]);
      print("compile, a folder", times[1], times[1]);
      print("compile, the store", times[2], times[1]);
      print(GETS + " gets, a folder", times[3], times[3]);
      print(GETS + " gets, the store", times[4], times[3]);
    }
  }

  private static byte[] gets(Cache cache, WasmModule module) throws IOException {
    byte[] classes = {};
    for (int i = 0; i < GETS; i++) {
      classes = cache.get(module.digest());
    }
    return classes;
  }

  private static void print(String name, long[] times, long[] unit) {
    IO.println("%-20s %9d µs %7.2f".formatted(name, median(times) / 1000, ratio(times, unit)));
  }

  private static double ratio(long[] times, long[] unit) {
    return (double) median(times) / median(unit);
  }

  private static long median(long[] times) {
    long[] sorted = times.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private interface Work {
    Object run() throws IOException;
  }

  private static long time(Work work) throws IOException {
    long start = System.nanoTime();
    if (work.run() == null) {
      throw new AssertionError();
    }
    return System.nanoTime() - start;
  }

  /** Files by digest. */
  private record Folder(Path folder) implements Cache {
    @Override
    public byte[] get(String digest) throws IOException {
      Path file = file(digest);
      return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
    }

    @Override
    public void putIfAbsent(String digest, byte[] classes) throws IOException {
      Path temporary = Files.createTempFile(folder, "new", ".tmp");
      Files.write(temporary, classes);
      Files.move(temporary, file(digest), StandardCopyOption.ATOMIC_MOVE);
    }

    private Path file(String digest) {
      return folder.resolve(digest.replaceAll("[^A-Za-z0-9]", "_") + ".jar");
    }
  }
}
