package dev.calotype.ji;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import dev.calotype.publish.CacheFolder;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Remembers, for this machine, which inputs were found unchanged and what their attributes were
 * then, so that they need not be read again: docs/validity.md, "Witnesses". One small file for each
 * data file and places of its roots. Losing one costs reading the inputs once, so every failure is
 * silent.
 *
 * @param folder gives where the files are; empty to remember nothing
 * @param clock the time in nanoseconds since 1970
 */
record Witnesses(Supplier<Optional<Path>> folder, LongSupplier clock) {
  /** Names another folder, for services without a home. */
  static final String FOLDER_PROPERTY = "dev.calotype.witnesses";

  static final Witnesses NONE = new Witnesses(Optional::empty, Witnesses::now);

  /** In the user's cache folder, wherever that is when it is needed. */
  static final Witnesses OF_USER =
      new Witnesses(() -> CacheFolder.of("witnesses", FOLDER_PROPERTY), Witnesses::now);

  /**
   * How long an input has to have been at rest before it was looked at. An edit within the
   * granularity of a file system's clock leaves no trace in its times: 10 ms on Linux, 2 s on FAT.
   */
  private static final long AT_REST = TimeUnit.SECONDS.toNanos(2);

  private static final byte[] MAGIC = "CJIW\r\n\1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 40;
  private static final int ENTRY = 32;
  private static final int CRC = 4;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static Witnesses in(Path folder) {
    return new Witnesses(() -> Optional.of(folder), Witnesses::now);
  }

  private static long now() {
    return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
  }

  /** Whether attributes got after {@code now} are worth remembering. */
  static boolean isAtRest(Stat stat, long now) {
    return stat.latest() < now - AT_REST;
  }

  /**
   * What is remembered of the inputs of a data file.
   *
   * @param key digests page one of the data file, so its inputs and their order
   * @param count how many inputs there are
   */
  Remembered read(byte[] key, Map<String, Path> roots, int count) {
    byte[] empty = new byte[HEADER + count * ENTRY + CRC];
    System.arraycopy(MAGIC, 0, empty, 0, MAGIC.length);
    byte[] id = key(key, roots);
    System.arraycopy(id, 0, empty, MAGIC.length, id.length);
    Optional<Path> place = place(id);
    if (place.isPresent()) {
      try {
        boolean fits = Files.size(place.get()) == empty.length; // Or it could be of any size.
        byte[] bytes = fits ? Files.readAllBytes(place.get()) : new byte[0];
        int end = empty.length - CRC;
        boolean whole =
            bytes.length == empty.length
                && Arrays.equals(bytes, 0, HEADER, empty, 0, HEADER)
                && MemorySegment.ofArray(bytes).get(INT, end) == Bytes.crc(bytes, 0, end);
        if (whole) {
          return new Remembered(bytes, place, true);
        }
      } catch (IOException e) {
        // Nothing is remembered.
      }
    }
    return new Remembered(empty, place, false);
  }

  private static byte[] key(byte[] key, Map<String, Path> roots) {
    Sha256 digest = new Sha256().add(key);
    for (Map.Entry<String, Path> root : roots.entrySet()) {
      String text = root.getKey() + '\0' + root.getValue().toAbsolutePath() + '\0';
      digest.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return digest.finish();
  }

  private Optional<Path> place(byte[] id) {
    String name = PageOne.hex(Arrays.copyOf(id, 16));
    return folder.get().map(path -> path.resolve(name));
  }

  /** The witnesses of one data file's inputs, by the inputs' order. */
  static final class Remembered {
    private final byte[] bytes;
    private final MemorySegment view;
    private final Optional<Path> place;
    private final boolean found;
    private boolean changed;

    Remembered(byte[] bytes, Optional<Path> place, boolean found) {
      this.found = found;
      this.bytes = bytes;
      this.view = MemorySegment.ofArray(bytes);
      this.place = place;
    }

    /** Whether there were any. */
    boolean isFound() {
      return found;
    }

    /** Whether input {@code index} had these very attributes when it was found unchanged. */
    boolean has(int index, Stat stat) {
      return has(index, stat.size(), stat.modified(), stat.changed(), stat.inode());
    }

    /** The same of attributes that are no object. */
    boolean has(int index, long size, long modified, long changed, long inode) {
      long at = HEADER + (long) index * ENTRY;
      return view.get(LONG, at) == 1 + size
          && view.get(LONG, at + 8) == modified
          && view.get(LONG, at + 16) == changed
          && view.get(LONG, at + 24) == inode;
    }

    /** Notes that input {@code index} is unchanged and has these attributes. */
    void put(int index, Stat stat) {
      long at = HEADER + (long) index * ENTRY;
      view.set(LONG, at, 1 + stat.size());
      view.set(LONG, at + 8, stat.modified());
      view.set(LONG, at + 16, stat.changed());
      view.set(LONG, at + 24, stat.inode());
      changed = true;
    }

    /** Keeps what was noted, for the next check. */
    void save() {
      if (!changed || place.isEmpty()) {
        return;
      }
      int end = bytes.length - CRC;
      new ByteWriter(bytes).at(end).u32(Bytes.crc(bytes, 0, end));
      Path file = place.get();
      try {
        Files.createDirectories(file.resolveSibling(""));
        // Another check may write the same: each has a file of its own until it is whole.
        Path part = Files.createTempFile(file.resolveSibling(""), "", ".part");
        try {
          Files.write(part, bytes);
          Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(part);
        }
      } catch (IOException e) {
        // The next check reads the inputs.
      }
    }
  }
}
