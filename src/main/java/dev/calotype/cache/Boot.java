package dev.calotype.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which entries that were published fast are known to be whole since the machine started: by an
 * empty file in the entry, and in memory, so that a hit looks for that file once.
 *
 * @param id of this boot; empty if the system has none, and then an entry is verified in each
 *     process
 * @param proven keys of entries that are known to be whole
 */
record Boot(Optional<String> id, Set<String> proven) {
  static final String PREFIX = "proven-";
  private static final Path SYSTEM = Path.of("/proc/sys/kernel/random/boot_id");

  /** This boot. */
  static final Optional<String> CURRENT = current();

  private static final int MOST_PROVEN = 1 << 16;

  private static Optional<String> current() {
    try {
      String text = Files.readString(SYSTEM).strip();
      return Member.isName(text) ? Optional.of(text) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Nothing proven yet. */
  static Boot of(Optional<String> id) {
    return new Boot(id, ConcurrentHashMap.newKeySet());
  }

  /** Whether an entry is known to be whole. */
  boolean isProven(Place place, Path folder) {
    if (proven.contains(place.key())) {
      return true;
    }
    boolean found =
        id.isPresent() && Files.exists(folder.resolve(marker()), LinkOption.NOFOLLOW_LINKS);
    if (found) {
      remember(place);
    }
    return found;
  }

  /** Notes that all of an entry was verified, or was just written. */
  void prove(Place place, Path folder) {
    remember(place);
    if (id.isEmpty()) {
      return;
    }
    try {
      for (String name : EntryWalk.names(folder)) {
        if (name.startsWith(PREFIX) && !name.equals(marker())) {
          Files.deleteIfExists(folder.resolve(name));
        }
      }
      PrivateFiles.open(folder.resolve(marker()), StandardOpenOption.CREATE).close();
    } catch (IOException e) {
      // Then it is verified once more.
    }
  }

  private void remember(Place place) {
    if (proven.size() >= MOST_PROVEN) {
      proven.clear();
    }
    proven.add(place.key());
  }

  private String marker() {
    return PREFIX + id.orElseThrow();
  }
}
