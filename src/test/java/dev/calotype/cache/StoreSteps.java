package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that is ever done to a store's folder, once, in a JVM of its own that says what it has done:
 * an entry is published, one is added to, one is evicted, a damaged one is put into quarantine.
 */
final class StoreSteps {
  static final int PUBLISHED = 1;
  static final int EXTENDED = 2;
  static final int EVICTED = 3;
  static final int DAMAGED = 4;
  static final String MORE = "more.txt";

  private StoreSteps() {}

  /** A store as it is before the steps. */
  static void prepare(StoreConfig config) throws IOException {
    for (int number : new int[] {EXTENDED, EVICTED, DAMAGED}) {
      Entries.make(config, number);
    }
    Path data = Entries.folder(config, DAMAGED).resolve("m.ji");
    Bytes.writeFlipped(data, Files.readAllBytes(data), 0x60, 1);
  }

  /** The command of the JVM. */
  static List<String> command(Path store, Path said, Durability durability) {
    List<String> options = new ArrayList<>(NativeWay.options());
    options.add("-XX:-UsePerfData"); // Its file would be among the calls.
    options.add("-XX:TieredStopAtLevel=1");
    return Run.javaCommand(
        options, Child.class, store.toString(), said.toString(), durability.name());
  }

  /**
   * Throws unless the store answers rightly, whatever happened to the JVM.
   *
   * @param said what the JVM said it had done
   * @param keeps whether what was said must be so
   */
  static void requireRight(StoreConfig config, String said, boolean keeps) throws IOException {
    requireRight(config, said, keeps, true, keeps);
  }

  /**
   * The same.
   *
   * @param wasThere whether the store was there before the steps
   * @param isGone whether what was evicted must be gone
   */
  static void requireRight(
      StoreConfig config, String said, boolean keeps, boolean wasThere, boolean isGone)
      throws IOException {
    try (Store store = Store.open(config)) {
      require(store, PUBLISHED, keeps && said.contains("built"), false, said);
      require(store, EXTENDED, wasThere, false, said);
      require(store, EVICTED, false, isGone && said.contains("evicted"), said);
      require(store, DAMAGED, false, true, said);
      try (Lookup extended = store.get(Entries.key(EXTENDED))) {
        boolean isMore = extended instanceof Hit hit && hit.names().contains(MORE);
        if (keeps && said.contains("extended") && !isMore) {
          throw new AssertionError("what was added is not there");
        }
        if (isMore) {
          byte[] more = new byte[9];
          ((Hit) extended).file(MORE).readFully(0, more, 0, more.length);
          if (!new String(more, StandardCharsets.US_ASCII).equals("more text")) {
            throw new AssertionError("what was added is wrong");
          }
        }
      }
    }
  }

  private static void require(Store store, int number, boolean there, boolean gone, String said)
      throws IOException {
    Key key = Entries.key(number);
    try (Lookup lookup = store.get(key, store.config().expectations())) {
      if (lookup instanceof Hit hit) {
        Entries.requireRight(hit, number);
        if (gone) {
          throw new AssertionError("entry %d is there, after: %s".formatted(number, said));
        }
      } else if (there) {
        throw new AssertionError("%s, after: %s".formatted(lookup, said));
      }
    }
    // Who trusts the header tier after a crash must not get other bytes than who trusts nothing.
    try (Lookup full = store.get(key, Expectations.none().withTier(Tier.FULL));
        Lookup again = store.get(key)) {
      if (full instanceof Hit != again instanceof Hit) {
        throw new AssertionError("entry %d is torn, after: %s".formatted(number, said));
      }
    }
  }

  /** The JVM. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      StoreConfig config =
          StoreConfig.in(Path.of(arguments[0]))
              .withDurability(Durability.valueOf(arguments[2]))
              .withBootId(Optional.of("here"));
      try (OutputStream said = Files.newOutputStream(Path.of(arguments[1]));
          Store store = Store.open(config)) {
        store.getOrBuild(Entries.key(PUBLISHED), Entries::build).close();
        said.write("built ".getBytes(StandardCharsets.US_ASCII));
        Lookup extended =
            store.extend(
                Entries.key(EXTENDED),
                MORE,
                (_, draft) -> Files.writeString(draft.file(MORE), "more text"));
        if (extended instanceof Hit hit && hit.isStored()) {
          said.write("extended ".getBytes(StandardCharsets.US_ASCII));
        }
        extended.close();
        store.evict(Entries.key(EVICTED));
        said.write("evicted ".getBytes(StandardCharsets.US_ASCII));
        store.get(Entries.key(DAMAGED)).close();
        said.write("looked".getBytes(StandardCharsets.US_ASCII));
      }
    }
  }
}
