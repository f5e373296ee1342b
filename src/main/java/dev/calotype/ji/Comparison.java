package dev.calotype.ji;

import dev.calotype.bytes.ByteView;
import java.math.BigInteger;

/** How a recorded option is compared with the one that is asked for. */
public enum Comparison {
  /** The same text. */
  EXACT(0, "exact"),

  /**
   * The same or higher: numbers, or numbers separated by dots, part by part. Values that are not
   * such numbers have to be the same text.
   */
  AT_LEAST(1, "at least"),

  /** Recorded for people; any value will do. */
  IGNORED(2, "ignored");

  private static final int MOST_DIGITS = 100;

  private final int number;
  private final String words;

  Comparison(int number, String words) {
    this.number = number;
    this.words = words;
  }

  /** The number in the file. */
  int number() {
    return number;
  }

  /** What stands before an expected value, for people: empty for {@link #EXACT}. */
  String prefix() {
    return this == EXACT ? "" : words + " ";
  }

  /** Whether the recorded value will do for the expected one. */
  boolean accepts(String expected, String actual) {
    return this == IGNORED
        || expected.equals(actual)
        || (this == AT_LEAST && isNotLower(actual, expected));
  }

  static Comparison of(int number, ByteView view, long at, String structure) {
    for (Comparison comparison : values()) {
      if (comparison.number == number) {
        return comparison;
      }
    }
    throw view.malformed(structure, at, "comparison " + number, "one this version knows");
  }

  private static boolean isNotLower(String actual, String expected) {
    if (!isNumbers(actual) || !isNumbers(expected)) {
      return false;
    }
    String[] have = actual.split("\\.", -1);
    String[] want = expected.split("\\.", -1);
    for (int i = 0; i < Math.max(have.length, want.length); i++) {
      int order = part(have, i).compareTo(part(want, i));
      if (order != 0) {
        return order > 0;
      }
    }
    return true;
  }

  private static BigInteger part(String[] parts, int index) {
    return index < parts.length ? new BigInteger(parts[index]) : BigInteger.ZERO;
  }

  private static boolean isNumbers(String text) {
    boolean digit = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digit = true;
      } else if (c == '.' && digit) {
        digit = false;
      } else {
        return false;
      }
    }
    return digit && text.length() <= MOST_DIGITS;
  }
}
