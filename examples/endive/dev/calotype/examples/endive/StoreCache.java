package dev.calotype.examples.endive;

import dev.calotype.MalformedImageException;
import dev.calotype.cache.Draft;
import dev.calotype.cache.Hit;
import dev.calotype.cache.Key;
import dev.calotype.cache.Lookup;
import dev.calotype.cache.Miss;
import dev.calotype.cache.Store;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import run.endive.compiler.Cache;

/**
 * What Endive compiled, in a store. Endive asks by the digest of the Wasm module alone; here the
 * compiler, the JDK and the options are part of the key as well, and every byte that is handed out
 * was compared with its digest.
 *
 * <pre>{@code
 * StoreCache cache = StoreCache.of(store, options);
 * var machine = options.builder(module).withCache(cache).compile();
 * }</pre>
 */
public final class StoreCache implements Cache {
  private static final String SECTION = "classes.jar";

  private final Store store;
  private final Key compiler;
  private Optional<Miss> miss = Optional.empty();

  private StoreCache(Store store, Key compiler) {
    this.store = store;
    this.compiler = compiler;
  }

  /**
   * A cache for modules that are compiled with these options.
   *
   * @param store has to stay open while this is used
   */
  public static StoreCache of(Store store, CompileOptions options) throws IOException {
    return new StoreCache(store, options.in(CompilerIdentity.key()));
  }

  /** Why there was nothing when it was asked last; empty if there was. */
  public Optional<Miss> miss() {
    return miss;
  }

  /** What was compiled, or null. */
  @Override
  public byte[] get(String digest) throws IOException {
    try (Lookup found = store.get(key(digest))) {
      miss = found instanceof Miss why ? Optional.of(why) : Optional.empty();
      return found instanceof Hit hit ? classes(hit) : null;
    } catch (MalformedImageException e) {
      // The first page was right and the rest is not: a full look puts the entry aside.
      Lookup again = store.get(key(digest), Expectations.none().withTier(Tier.FULL));
      miss = again instanceof Miss why ? Optional.of(why) : Optional.empty();
      again.close();
      return null;
    }
  }

  /** Reads them, each byte verified. */
  private static byte[] classes(Hit hit) throws IOException {
    DataSection section = hit.data().orElseThrow().data().section(SECTION).orElseThrow();
    try (InputStream stream = section.newInputStream()) {
      return stream.readAllBytes();
    }
  }

  /** Keeps it, unless it is there by now. */
  @Override
  public void putIfAbsent(String digest, byte[] classes) throws IOException {
    store.getOrBuild(key(digest), (_, draft) -> write(draft, classes)).close();
  }

  private static void write(Draft draft, byte[] classes) throws IOException {
    try (DataFileWriter data = draft.data("module.ji")) {
      try (OutputStream section = data.section(SECTION, 64, false)) {
        section.write(classes);
      }
      data.publish();
    }
  }

  private Key key(String digest) {
    return compiler.with("wasm", digest);
  }
}
