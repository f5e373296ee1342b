package dev.calotype.ji;

/**
 * How far a check goes. A verdict names the tier that produced it. Each includes those before it.
 */
public enum Tier {
  /**
   * The id in a data file's name: a wrong one is answered without opening the file. A right one
   * costs what {@link #HEADER} costs, because the answer owns the file, but compares nothing else.
   */
  NAME,

  /**
   * The first page of a data file, or the headers and the note of a code object: a constant few
   * small reads whatever the size. The tail block of a data file is read only if page one differs.
   * Trusts the content.
   */
  HEADER,

  /**
   * The inputs besides: their attributes, and the bytes of those whose attributes can't decide.
   * Trusts the content. A code object has no inputs.
   */
  INPUTS,

  /**
   * Every byte: all digests, and zeros wherever the format asks for zeros. Reads the whole file.
   * Looks at the inputs, too, if the caller says where their roots are.
   */
  FULL;

  /** The name on the command line and in JSON. */
  public String id() {
    return switch (this) {
      case NAME -> "name";
      case HEADER -> "header";
      case INPUTS -> "inputs";
      case FULL -> "full";
    };
  }
}
