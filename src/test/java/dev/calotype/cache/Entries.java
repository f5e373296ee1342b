package dev.calotype.cache;

import dev.calotype.ji.DataFileWriter;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;

/** Entries whose content follows from their keys. */
final class Entries {
  static final String COMPILER = "testcc 1.0";
  private static final int SIZE = 10_000;
  private static final int NOTES = 100;

  private Entries() {}

  /** The key of a number. */
  static Key key(long number) {
    return Key.of(COMPILER).with("number", number);
  }

  /** What the entry of a number has in its data section. */
  static byte[] content(long number) {
    return Bytes.random(SIZE + (int) (number % 7) * 1000, number);
  }

  /** The builder of all keys here: a data file, and a file of another kind. */
  static void build(Fields fields, Draft draft) throws IOException {
    byte[] content = content(fields.integer("number"));
    try (DataFileWriter data = draft.data("m.ji")) {
      try (OutputStream section = data.section("bytes", 4096, false)) {
        section.write(content);
      }
      data.publish();
    }
    try (OutputStream other = draft.other("notes.txt")) {
      other.write(content, 0, NOTES);
    }
  }

  /** Makes an entry and closes all. */
  static void make(StoreConfig config, long number) throws IOException {
    try (Store store = Store.open(config)) {
      store.getOrBuild(key(number), Entries::build).close();
    }
  }

  /** Where an entry is. */
  static Path folder(StoreConfig config, long number) {
    return key(number).place().folder(Layout.in(config.folder()).entries());
  }

  /** Why there is no entry. */
  static Miss.Reason reason(Store store, long number) throws IOException {
    try (Lookup lookup = store.get(key(number))) {
      if (lookup instanceof Miss miss) {
        return miss.reason();
      }
      throw new AssertionError("a hit");
    }
  }

  /** Throws unless there is the entry, with all its bytes. */
  static void requireHit(Store store, long number) throws IOException {
    try (Lookup lookup = store.get(key(number))) {
      if (!(lookup instanceof Hit hit)) {
        throw new AssertionError(lookup.toString());
      }
      requireRight(hit, number);
    }
  }

  /** Throws unless all bytes are as they must be. */
  static void requireRight(Hit hit, long number) throws IOException {
    byte[] content = content(number);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = hit.map(arena);
      long at = hit.data().orElseThrow().data().section("bytes").orElseThrow().offset();
      byte[] mapped = all.asSlice(at, content.length).toArray(ValueLayout.JAVA_BYTE);
      byte[] notes = new byte[NOTES];
      hit.file("notes.txt").readFully(0, notes, 0, NOTES);
      if (!Arrays.equals(mapped, content) || !Arrays.equals(notes, Arrays.copyOf(content, NOTES))) {
        throw new AssertionError("wrong bytes of " + number);
      }
    }
  }
}
