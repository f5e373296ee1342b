package dev.calotype.cache;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What is known of a store as a whole.
 *
 * @param folder where it is
 * @param entries how many entries it has
 * @param bytes what their files have
 * @param compilers by which compilers they are, the one used last first
 * @param sessions how many stores are open on it, or were and nobody cleaned up since
 * @param quarantined how many entries are put aside as evidence
 * @param cleaned when it was last cleaned up
 * @param counters what was counted since it was made, by name: docs/store-upkeep.md has the names
 */
public record StoreInfo(
    Path folder,
    long entries,
    long bytes,
    List<Compiler> compilers,
    long sessions,
    long quarantined,
    Optional<Instant> cleaned,
    SortedMap<String, Long> counters) {
  /** Copies the list. */
  public StoreInfo {
    compilers = List.copyOf(compilers);
  }

  /**
   * The entries of one compiler.
   *
   * @param identity its identity; its id if that is not known
   * @param id the 16 digits that its folder is named by
   * @param entries how many
   * @param bytes what their files have
   * @param used when one of them was last used or published
   */
  public record Compiler(String identity, String id, long entries, long bytes, Instant used) {}
}
