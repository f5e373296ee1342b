package dev.calotype.ji;

import java.util.HexFormat;

/**
 * What identifies the content of a data file: the SHA-256 over the name, flags, alignment, size and
 * digest of each section in order. The same content has the same id on every machine.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record DataId(String hex) {
  /** Checks the digits. */
  public DataId {
    if (!isId(hex)) {
      throw new IllegalArgumentException("not 64 hexadecimal digits: " + hex);
    }
  }

  static DataId of(byte[] digest) {
    return new DataId(HexFormat.of().formatHex(digest));
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  /** The first 12 digits, for people. */
  public String shortHex() {
    return hex.substring(0, 12);
  }

  /** {@code equals}, without the 9 ms that a record's own costs a start of the JVM. */
  boolean same(DataId other) {
    return hex.equals(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }

  /** Whether a text is 64 lower-case hexadecimal digits. */
  static boolean isId(String text) {
    return text.length() == 64 && isLowerHex(text);
  }

  static boolean isLowerHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char digit = text.charAt(i);
      if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f')) {
        return false;
      }
    }
    return true;
  }
}
