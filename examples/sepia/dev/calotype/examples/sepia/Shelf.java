package dev.calotype.examples.sepia;

import dev.calotype.Durability;
import dev.calotype.cache.Draft;
import dev.calotype.cache.Hit;
import dev.calotype.cache.Key;
import dev.calotype.cache.Lookup;
import dev.calotype.cache.Miss;
import dev.calotype.cache.Store;
import dev.calotype.cache.StoreConfig;
import dev.calotype.graph.Fingerprint;
import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.map.OpenFile;
import dev.calotype.stream.MetadataReader;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The store as this language uses it: an entry for each module and all that it is made from, with
 * the module's data and an object for each variant that was asked for; and an entry for each
 * program, with the data of its modules together and a code object for each variant.
 */
final class Shelf implements AutoCloseable {
  /** What was changed when code of before can't be used any more. */
  private static final String FORMAT = "sepia 2";

  private static final String DATA = "data.ji";

  private final Store store;

  /** Opens the store in a folder, which is made if it is missing. */
  Shelf(Path folder) throws IOException {
    store =
        Store.open(
            StoreConfig.in(folder)
                .withDurability(Durability.FAST)
                // A run may be over before a thread has started.
                .withBackgroundWork(false));
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

  /**
   * What a program's entry is found by.
   *
   * @param modules stands for the keys of all its modules
   */
  static Key programKey(String compiler, String main, Fingerprint modules) {
    return Key.of(FORMAT + ", " + compiler)
        .with("target", CodeMaker.TARGET.triple())
        .with("program", main)
        .with("modules", modules.toString());
  }

  /** Writes a data file. */
  @FunctionalInterface
  interface DataMaker {
    void make(Path target, Draft draft) throws IOException;
  }

  /** Writes an object or a code object for data that is there. */
  @FunctionalInterface
  interface CodeMaking {
    void make(Validity.Fresh data, Path target) throws IOException;
  }

  /** The data and code of a module or program, open. */
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

    /**
     * Verifies every byte of the data.
     *
     * @throws dev.calotype.MalformedImageException if one is not as it was written
     */
    void verify() throws IOException {
      for (DataSection section : data().data().sections()) {
        section.verify();
      }
    }

    /** The metadata, in place. */
    ModuleMetadata metadata() throws IOException {
      DataSection section = data().data().section(ModuleMetadata.SECTION).orElseThrow();
      section.verify();
      MemorySegment bytes = section.map(store.arena());
      return ModuleMetadata.of(MetadataReader.of(bytes, data().file().toString()));
    }

    /** Whether there is a file of that name. */
    boolean has(String name) {
      return hit.names().contains(name);
    }

    /** Copies a file out of the entry, as a linker wants a name that stays. */
    void copy(String name, Path target) throws IOException {
      try (OpenFile file = hit.file(name)) {
        byte[] bytes = new byte[(int) file.size()];
        file.readFully(0, bytes, 0, bytes.length);
        Files.write(target, bytes);
      }
    }

    /** The best code of that level for a host. */
    CodeChoice code(int level, Host host) throws IOException {
      return hit.code(
          Expectations.none()
              .withHost(host)
              .withOption(ProgramLinker.LEVEL, Integer.toString(level)),
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

  /** Looks for an entry: at the first page of its data, which costs the same for any size. */
  Answer get(Key key) {
    return get(key, Tier.HEADER);
  }

  /** Looks for an entry, as far as {@code tier}. */
  Answer get(Key key, Tier tier) {
    Lookup found = store.get(key, Expectations.none().withTier(tier));
    // No switch over types: the JDK makes code for each at every start.
    return found instanceof Hit hit
        ? new Answer(Optional.of(new Entry(hit, false)), "")
        : new Answer(Optional.empty(), why((Miss) found));
  }

  /**
   * The entry of a key, built if nobody else has built it or is building it, with its code.
   *
   * @param name what the code's file is called
   */
  Entry build(Key key, DataMaker data, String name, CodeMaking code) throws IOException {
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
                code.make(fresh, draft.file(name));
              }
              wasBuilt[0] = true;
            });
    Entry entry = new Entry(hit, wasBuilt[0]);
    // Who built it may have wanted other code.
    return entry.has(name) ? entry : extend(key, entry, name, code);
  }

  /** The same entry with one more file of code. */
  Entry extend(Key key, Entry entry, String name, CodeMaking code) throws IOException {
    Lookup extended;
    boolean[] wasBuilt = new boolean[1];
    try (entry) {
      extended =
          store.extend(
              key,
              name,
              (_, draft) -> {
                code.make(entry.data(), draft.file(name));
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

  private static String why(Miss miss) {
    return switch (miss.reason()) {
      case ABSENT -> "not in the store";
      default -> "%s in the store: %s %s".formatted(miss.reason().id(), miss.file(), miss.text());
    };
  }
}
