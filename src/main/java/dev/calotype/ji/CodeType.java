package dev.calotype.ji;

/** The types of functions as a note spells them: docs/code-note.md, "Bytes". */
final class CodeType {
  private static final int MOST_PARAMETERS = 120;
  private static final String VALUES = "BSIJFDP";

  private CodeType() {}

  /** Whether it is one: {@code (PJ)I} for example. */
  static boolean isType(String text) {
    int close = text.length() - 2;
    if (close < 1 || close - 1 > MOST_PARAMETERS || text.charAt(0) != '(') {
      return false;
    }
    for (int i = 1; i < close; i++) {
      if (VALUES.indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    char result = text.charAt(close + 1);
    return text.charAt(close) == ')' && (result == 'V' || VALUES.indexOf(result) >= 0);
  }

  /** Throws unless it is the type of something with a name. */
  static void require(String name, String type) {
    requireName(name);
    if (!isType(type)) {
      throw new IllegalArgumentException("'%s' of %s is no type".formatted(type, name));
    }
  }

  /** Throws unless a fact can have that name. */
  static void requireName(String name) {
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("no name: '%s'".formatted(name));
    }
  }
}
