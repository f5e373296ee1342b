package dev.calotype.map;

/** Where a file's pages are when it is opened. */
public enum PageCache {
  /** In memory, from the use before. */
  WARM,
  /** On the disk: they are dropped before each use. */
  COLD
}
