package dev.calotype.cache;

import java.util.Locale;

/** Why a cleanup evicts an entry. */
public enum EvictionReason {
  /** Its compiler is not among those used last, and none of its entries was used for long. */
  COMPILER,
  /** It was not used for longer than the limit. */
  AGE,
  /** There are too many entries, and this one is among those unused for longest. */
  ENTRIES,
  /** The entries are too large together. */
  SIZE,
  /** Too little of the disk is free. */
  FREE_DISK,
  /** The caller wants all of them gone. */
  CLEAR;

  /** The name on the command line and in JSON. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
