package dev.calotype.cli;

import java.util.HexFormat;

/** How facts are written for people. */
final class Text {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Text() {}

  /**
   * A size that is easy to read: {@code 512 B}, {@code 1.4 KiB}.
   *
   * @param bytes the size, unsigned
   */
  static String size(long bytes) {
    if (bytes >= 0 && bytes < 1024) {
      return bytes + " B";
    }
    double scaled = bytes < 0 ? 0x1p63 * 2 + bytes : bytes;
    int unit = -1;
    while (scaled >= 1023.95 && unit < UNITS.length - 1) {
      scaled /= 1024;
      unit++;
    }
    long tenths = Math.round(scaled * 10);
    return tenths / 10 + "." + tenths % 10 + " " + UNITS[unit];
  }

  /** The same, with the exact number: {@code 1.4 KiB (1,434 bytes)}. */
  static String exactSize(long bytes) {
    String size = size(bytes);
    return size.endsWith(" B") ? size : size + " (" + grouped(bytes) + " bytes)";
  }

  /** A share with one decimal: {@code 12.5 %}. */
  static String percent(long part, long whole) {
    long tenths = whole == 0 ? 0 : Math.round(part * 1000.0 / whole);
    return tenths / 10 + "." + tenths % 10 + " %";
  }

  /** A number with separators: {@code 1,234,567}. */
  static String grouped(long number) {
    StringBuilder text = new StringBuilder(Long.toUnsignedString(number));
    for (int at = text.length() - 3; at > 0; at -= 3) {
      text.insert(at, ',');
    }
    return text.toString();
  }

  /** An address or offset: {@code 0x1f40}. */
  static String hex(long number) {
    return "0x" + Long.toHexString(number);
  }

  /** Seconds with two decimals: {@code 0.25 s}. */
  static String seconds(long nanos) {
    long hundredths = Math.round(nanos / 1e7);
    long rest = hundredths % 100;
    return hundredths / 100 + "." + (rest < 10 ? "0" : "") + rest + " s";
  }

  /** Starts with a small letter, unless the first word is an abbreviation. */
  static String lowerFirst(String text) {
    boolean capital =
        text.length() > 1
            && Character.isUpperCase(text.charAt(0))
            && !Character.isUpperCase(text.charAt(1));
    return capital ? Character.toLowerCase(text.charAt(0)) + text.substring(1) : text;
  }

  /**
   * The text on one line, with nothing in it that moves a terminal's cursor or hides its
   * neighbours: names in files and of files may hold anything.
   */
  static String escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return escapeFrom(text, i);
      }
    }
    return text;
  }

  private static String escapeFrom(String text, int first) {
    StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        default -> {
          if (isPlain(c)) {
            escaped.append(c);
          } else {
            escaped.append("\\u").append(HexFormat.of().toHexDigits(c));
          }
        }
      }
    }
    return escaped.toString();
  }

  private static boolean isPlain(char c) {
    if (c < 0x7f) {
      return c >= ' ';
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
