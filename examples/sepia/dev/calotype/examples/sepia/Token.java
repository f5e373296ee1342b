package dev.calotype.examples.sepia;

/**
 * A word of the language.
 *
 * @param kind what it is
 * @param text as it was written; of a text what it stands for, a char for each byte
 * @param line from 1
 * @param column from 1
 */
record Token(Kind kind, String text, int line, int column) {
  /** What a token is. */
  enum Kind {
    NAME,
    INT,
    FLOAT,
    TEXT,
    DOC,
    SIGN,
    END
  }

  /** Whether it is this keyword or sign. */
  boolean is(String word) {
    return (kind == Kind.NAME || kind == Kind.SIGN) && text.equals(word);
  }

  /** How messages call it. */
  String shown() {
    return switch (kind) {
      case END -> "the end of the file";
      case TEXT -> "a text";
      case DOC -> "a doc comment";
      default -> "'" + text + "'";
    };
  }
}
