package dev.calotype.cache;

/** What goes on beside a store: keeping usage, cleaning up. */
final class Background {
  private Background() {}

  /** Starts it for an open store. */
  static UsageSink start(Store store) {
    return store.isReadOnly() ? UsageSink.NONE : new Upkeep(store);
  }
}
