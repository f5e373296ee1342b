package dev.calotype.cache;

import java.time.Instant;
import java.util.List;

/**
 * What is known of an entry by its manifest and its use.
 *
 * @param key what it is found by
 * @param bytes what its files have
 * @param created when it was published or changed last
 * @param used when it was last used, or published if that was later
 * @param uses how often it was used, as far as that is written down; from zero again when its data
 *     is rewritten
 * @param isFast whether it was published without syncing
 * @param isSigned whether it has a signature, right or not
 * @param files its files, by name
 */
public record EntryInfo(
    Key key,
    long bytes,
    Instant created,
    Instant used,
    long uses,
    boolean isFast,
    boolean isSigned,
    List<File> files) {
  /** Copies the list. */
  public EntryInfo {
    files = List.copyOf(files);
  }

  /**
   * A file of an entry.
   *
   * @param name what the builder called it
   * @param kind {@code data}, {@code code} or {@code other}
   * @param bytes its size
   */
  public record File(String name, String kind, long bytes) {}
}
