package dev.calotype.examples.sepia;

import dev.calotype.Durability;
import dev.calotype.cache.Draft;
import dev.calotype.cache.Hit;
import dev.calotype.cache.Key;
import dev.calotype.cache.Lookup;
import dev.calotype.cache.Miss;
import dev.calotype.cache.Store;
import dev.calotype.cache.StoreConfig;
import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.Validity;
import dev.calotype.stream.MetadataReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The store as this language uses it: an entry for each module and all that it is made from, with
 * the module's data and a code object for each variant that was asked for.
 */
final class Shelf implements AutoCloseable {
  /** What was changed when code of before can't be used any more. */
  private static final String FORMAT = "sepia 1";

  private static final String DATA = "module.ji";

  private final Store store;

  /** Opens the store in a folder, which is made if it is missing. */
  Shelf(Path folder) throws IOException {
    store = Store.open(StoreConfig.in(folder).withDurability(Durability.FAST));
  }

  /** What an entry is found by. */
  static Key key(String compiler, String module, Recipe recipe) {
    return Key.of(FORMAT + ", " + compiler)
        .with("target", CodeMaker.TARGET.triple())
        .with("module", module)
        .with("source", recipe.source().toString())
        .with("imports", recipe.importTexts())
        .with("files", recipe.fileTexts());
  }

  /** Writes a module's data file. */
  @FunctionalInterface
  interface DataMaker {
    void make(Path target, Draft draft) throws IOException;
  }

  /** Writes a code object for data that is there. */
  @FunctionalInterface
  interface CodeMaking {
    void make(Validity.Fresh data, Path target) throws IOException;
  }

  /** The data and code of a module, open. */
  final class Entry implements AutoCloseable {
    private final Hit hit;
    private final boolean wasBuilt;

    Entry(Hit hit, boolean wasBuilt) {
      this.hit = hit;
      this.wasBuilt = wasBuilt;
    }

    /** The data. */
    Validity.Fresh data() {
      return hit.data().orElseThrow();
    }

    /** Whether it was built for this call. */
    boolean wasBuilt() {
      return wasBuilt;
    }

    /** Whether the next process will find it. */
    boolean isStored() {
      return hit.isStored();
    }

    /** The metadata, in place. */
    ModuleMetadata metadata() throws IOException {
      DataSection section = data().data().section(ModuleMetadata.SECTION).orElseThrow();
      section.verify();
      MemorySegment bytes = section.map(store.arena());
      return ModuleMetadata.of(MetadataReader.of(bytes, data().file().toString()));
    }

    /** Whether there is code of that variant. */
    boolean has(Variant variant) {
      return hit.names().contains(file(variant));
    }

    /** The best code of that level for a host. */
    CodeChoice code(int level, Host host) throws IOException {
      return hit.code(
          Expectations.none().withHost(host).withOption(CodeMaker.LEVEL, Integer.toString(level)),
          Map.of());
    }

    @Override
    public void close() throws IOException {
      hit.close();
    }
  }

  /**
   * What the store says of a key.
   *
   * @param entry the entry
   * @param why why there is none
   */
  record Answer(Optional<Entry> entry, String why) {}

  /** Looks for an entry. */
  Answer get(Key key) {
    return switch (store.get(key)) {
      case Hit hit -> new Answer(Optional.of(new Entry(hit, false)), "");
      case Miss miss -> new Answer(Optional.empty(), why(miss));
    };
  }

  /** The entry of a key, built if nobody else has built it or is building it, with its code. */
  Entry build(Key key, DataMaker data, Variant variant, CodeMaking code) throws IOException {
    boolean[] wasBuilt = new boolean[1];
    Hit hit =
        store.getOrBuild(
            key,
            (_, draft) -> {
              Path file = draft.file(DATA);
              data.make(file, draft);
              try (Validity validity = DataFile.check(file, Expectations.none())) {
                if (!(validity instanceof Validity.Fresh fresh)) {
                  throw new IOException(file + ": it was damaged while it was written");
                }
                code.make(fresh, draft.file(file(variant)));
              }
              wasBuilt[0] = true;
            });
    Entry entry = new Entry(hit, wasBuilt[0]);
    // Who built it may have wanted other code.
    return entry.has(variant) ? entry : extend(key, entry, variant, code);
  }

  /** The same entry with code of that variant besides. */
  Entry extend(Key key, Entry entry, Variant variant, CodeMaking code) throws IOException {
    Lookup extended;
    boolean[] wasBuilt = new boolean[1];
    try (entry) {
      extended =
          store.extend(
              key,
              file(variant),
              (_, draft) -> {
                code.make(entry.data(), draft.file(file(variant)));
                wasBuilt[0] = true;
              });
    }
    return switch (extended) {
      case Hit hit -> new Entry(hit, wasBuilt[0]);
      case Miss miss -> throw new IOException("the entry is gone: " + why(miss));
    };
  }

  /** Drops an entry that turned out to be damaged. */
  void drop(Key key) throws IOException {
    store.evict(key);
  }

  @Override
  public void close() throws IOException {
    store.close();
  }

  private static String file(Variant variant) {
    return variant.tag() + ".so";
  }

  private static String why(Miss miss) {
    return switch (miss.reason()) {
      case ABSENT -> "not in the store";
      default -> "%s in the store: %s %s".formatted(miss.reason().id(), miss.file(), miss.text());
    };
  }
}
