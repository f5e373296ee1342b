package dev.calotype.cache;

import java.time.Instant;
import java.util.List;

/**
 * What a cleanup did, or would do.
 *
 * @param evicted the entries that went, in this order
 * @param entries how many there were before
 * @param bytes what their files had
 * @param entriesLeft how many are left
 * @param bytesLeft what their files have
 * @param remains how many leftovers of processes that ended were removed: work in progress, folders
 *     without a manifest, files that no manifest names; 0 in a dry run
 * @param compressed how many entries' data was compressed
 * @param inflated how many entries' data was stored uncompressed again
 */
public record CleanupReport(
    List<Evicted> evicted,
    long entries,
    long bytes,
    long entriesLeft,
    long bytesLeft,
    long remains,
    long compressed,
    long inflated) {
  /** Copies the list. */
  public CleanupReport {
    evicted = List.copyOf(evicted);
  }

  /**
   * An entry that went.
   *
   * @param key its key's digest
   * @param bytes what its files had
   * @param used when it was last used or published
   * @param reason why it went
   */
  public record Evicted(String key, long bytes, Instant used, EvictionReason reason) {}
}
