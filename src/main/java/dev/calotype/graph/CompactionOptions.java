package dev.calotype.graph;

import dev.calotype.Durability;

/**
 * What a compaction keeps and how it publishes.
 *
 * @param keep after how many complete sessions in a row without a colour a node goes, 1 or more;
 *     {@link #ALL} keeps all
 * @param durability whether the new file is on stable storage before it takes the old one's place
 */
public record CompactionOptions(int keep, Durability durability) {
  /** Keeps nodes however long nobody asked for them. */
  public static final int ALL = Integer.MAX_VALUE;

  /** Checks the number of sessions. */
  public CompactionOptions {
    if (keep < 1) {
      throw new IllegalArgumentException("keep " + keep);
    }
  }

  /** All nodes, synced. */
  public static CompactionOptions standard() {
    return new CompactionOptions(ALL, Durability.DURABLE);
  }

  /** The same with another number of sessions. */
  public CompactionOptions withKeep(int keep) {
    return new CompactionOptions(keep, durability);
  }

  /** The same with another durability. */
  public CompactionOptions withDurability(Durability durability) {
    return new CompactionOptions(keep, durability);
  }
}
