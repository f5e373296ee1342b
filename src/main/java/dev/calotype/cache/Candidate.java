package dev.calotype.cache;

import java.util.Comparator;

/**
 * What upkeep knows of an entry without reading it.
 *
 * @param compiler the name of its compiler's folder
 * @param digest its key's digest, 64 digits
 * @param bytes what its files take
 * @param data what its largest file takes
 * @param created when it was published, in seconds of the epoch
 * @param used when it was last used, or published if that was later
 * @param uses how often it was used since it was published or its data was rewritten
 * @param marks what is known of its data: {@link Use#COMPRESSED}, {@link Use#INCOMPRESSIBLE}
 */
record Candidate(
    String compiler,
    String digest,
    long bytes,
    long data,
    long created,
    long used,
    long uses,
    int marks) {

  /** The one used last comes first; of equals, one order for all. */
  static final Comparator<Candidate> YOUNGEST_FIRST =
      Comparator.comparingLong(Candidate::used).reversed().thenComparing(Candidate::digest);

  boolean has(int mark) {
    return (marks & mark) != 0;
  }
}
