package dev.calotype.cache;

/**
 * How an entry was used.
 *
 * @param last when last, in seconds of the epoch; 0 if never
 * @param count how often since it was published or its data was rewritten
 * @param marks what is known of its data
 */
record Use(long last, long count, int marks) {
  /** Its data was compressed by upkeep. */
  static final int COMPRESSED = 1;

  /** Compressing its data was tried, and did not pay. */
  static final int INCOMPRESSIBLE = 2;

  /** Its data was compressed, and then used so often that it was inflated. */
  static final int INFLATED = 4;

  static final Use NEVER = new Use(0, 0, 0);

  boolean has(int mark) {
    return (marks & mark) != 0;
  }

  /** This and more uses. */
  Use and(long more, long at) {
    return new Use(Math.max(last, at), count + more, marks);
  }

  /** After its data was rewritten, or that was tried. */
  Use marked(int marks) {
    return new Use(last, 0, marks);
  }
}
