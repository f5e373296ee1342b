package dev.calotype.ji;

/** How far a check goes. A verdict names the tier that produced it. */
public enum Tier {
  /**
   * The first page of a data file, or the headers and the note of a code object: a constant few
   * small reads whatever the size. Trusts the content.
   */
  HEADER,

  /**
   * Every byte: all digests, and zeros wherever the format asks for zeros. Reads the whole file.
   */
  FULL
}
