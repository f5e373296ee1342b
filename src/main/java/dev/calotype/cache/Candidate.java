package dev.calotype.cache;

import java.util.Comparator;

/**
 * What upkeep knows of an entry without reading it.
 *
 * @param place where it is
 * @param bytes what its files have
 * @param data what its largest file has
 * @param created when its manifest was written, in seconds of the epoch
 * @param use how it was used; the last time is not before {@code created}
 */
record Candidate(Place place, long bytes, long data, long created, Use use) {

  /** The one used last comes first; of equals, one order for all. */
  static final Comparator<Candidate> YOUNGEST_FIRST =
      Comparator.comparingLong(Candidate::used)
          .reversed()
          .thenComparing(candidate -> candidate.place.key());

  /** When it was last used or published, in seconds of the epoch. */
  long used() {
    return use.last();
  }

  String compiler() {
    return place.compiler();
  }
}
