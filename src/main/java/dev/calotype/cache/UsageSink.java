package dev.calotype.cache;

/**
 * Is told what happens in a store, on the thread where it happens: so it returns at once, takes no
 * lock, and drops what it has no room for.
 */
interface UsageSink extends AutoCloseable {
  /** Keeps nothing. */
  UsageSink NONE =
      new UsageSink() {
        @Override
        public void hit(Place place) {}

        @Override
        public void missed(Miss miss) {}

        @Override
        public void happened(Event event) {}

        @Override
        public void close() {}
      };

  /** What is only counted. */
  enum Event {
    /** A builder ran and its entry was published. */
    BUILT,
    /** A builder ran, but its entry couldn't be published. */
    NOT_STORED,
    /** A builder threw. */
    FAILED,
    /** Members were added to an entry. */
    EXTENDED,
    /** An entry was removed. */
    EVICTED,
    /** An entry was put into quarantine. */
    QUARANTINED,
    /** Somebody else's build took too long. */
    TIMED_OUT
  }

  /** An entry was used. */
  void hit(Place place);

  /** There was none to use; its reason is counted, its fields are logged. */
  void missed(Miss miss);

  /** Something else happened. */
  void happened(Event event);

  /** Ends what runs in the background; what was told before is kept. */
  @Override
  void close();
}
