package dev.calotype.bench;

/** What is measured of working with a file. */
public enum When {
  /** Opening it, the work, and closing it. */
  FIRST_ANSWER,
  /** The work alone, done many times already on the same bytes. */
  STEADY
}
