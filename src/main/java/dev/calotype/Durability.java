package dev.calotype;

/** What must be on disk before a published file is announced under its name. */
public enum Durability {
  /**
   * The bytes, then the name, are on stable storage when publishing returns: file synced, renamed,
   * folder synced.
   */
  DURABLE,

  /**
   * Renamed without syncing. Whole for every process of this boot; after a power loss the name may
   * lead to missing bytes, so a fast file is verified in full once after each boot before a cheaper
   * tier trusts it.
   */
  FAST,

  /**
   * Renamed, and nothing else: for a file of something larger, as an entry of a store, whose
   * publisher sees to the durability of all of it.
   */
  DEFERRED
}
