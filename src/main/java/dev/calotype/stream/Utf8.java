package dev.calotype.stream;

import dev.calotype.MalformedImageException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 (RFC 3629) without the replacement characters that the JDK puts for what it can't say. */
final class Utf8 {
  private Utf8() {}

  /**
   * How many bytes a text has.
   *
   * @throws IllegalArgumentException if it has half of a surrogate pair
   */
  static long size(String text) {
    int chars = text.length();
    long size = chars;
    for (int at = 0; at < chars; at++) {
      char one = text.charAt(at);
      if (one >= 0x80) {
        size += one < 0x800 ? 1 : 2;
        if (Character.isSurrogate(one)) {
          // A pair is two chars and four bytes: two more, which have been added.
          requirePair(text, at, one);
          at++;
        }
      }
    }
    return size;
  }

  /** Writes a text of ASCII characters; returns where it ends. */
  static int putAscii(String text, byte[] bytes, int at) {
    for (int i = 0; i < text.length(); i++) {
      bytes[at + i] = (byte) text.charAt(i);
    }
    return at + text.length();
  }

  /** Writes one character, 1 to 4 bytes; returns where it ends. */
  static int put(int code, byte[] bytes, int at) {
    if (code < 0x80) {
      bytes[at] = (byte) code;
      return at + 1;
    }
    if (code < 0x800) {
      bytes[at] = (byte) (0xc0 | (code >> 6));
      bytes[at + 1] = continued(code);
      return at + 2;
    }
    if (code < 0x10000) {
      bytes[at] = (byte) (0xe0 | (code >> 12));
      bytes[at + 1] = continued(code >> 6);
      bytes[at + 2] = continued(code);
      return at + 3;
    }
    bytes[at] = (byte) (0xf0 | (code >> 18));
    bytes[at + 1] = continued(code >> 12);
    bytes[at + 2] = continued(code >> 6);
    bytes[at + 3] = continued(code);
    return at + 4;
  }

  private static byte continued(int code) {
    return (byte) (0x80 | (code & 0x3f));
  }

  private static void requirePair(String text, int at, char high) {
    if (!Character.isHighSurrogate(high)
        || at + 1 == text.length()
        || !Character.isLowSurrogate(text.charAt(at + 1))) {
      throw new IllegalArgumentException("half of a surrogate pair at index %d".formatted(at));
    }
  }

  /**
   * The text that {@code bytes} are.
   *
   * @throws MalformedImageException if they are not UTF-8
   */
  static String decode(byte[] bytes, String file, String structure, long offset) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    // Only where a replacement character stands, which may also be a real one, is it worth a look.
    if (text.indexOf('\ufffd') >= 0) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      } catch (CharacterCodingException e) {
        throw new MalformedImageException(file, structure, offset, "other bytes", "UTF-8");
      }
    }
    return text;
  }
}
