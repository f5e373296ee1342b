package dev.calotype.examples.sepia;

/** What numbers in a source stand for. */
final class Numbers {
  private Numbers() {}

  /**
   * The value of digits, or of hexadecimal ones after {@code 0x}.
   *
   * @throws NumberFormatException if it does not fit into 64 bits
   */
  static long integer(String text) {
    boolean isNegative = text.startsWith("-");
    String digits = isNegative ? text.substring(1) : text;
    if (digits.startsWith("0x")) {
      long value = Long.parseUnsignedLong(digits.substring(2), 16);
      return isNegative ? -value : value;
    }
    return Long.parseLong(text);
  }
}
