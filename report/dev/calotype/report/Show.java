package dev.calotype.report;

import java.util.Locale;

/** How numbers are written for people. */
final class Show {
  private static final String[] TIMES = {"s", "ms", "µs", "ns"};
  private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Show() {}

  /** Three digits and a unit: {@code 30.1 ns}, {@code 1.23 ms}. */
  static String time(double seconds) {
    double scaled = seconds;
    int unit = 0;
    while (scaled < 0.9995 && unit < TIMES.length - 1) {
      scaled *= 1000;
      unit++;
    }
    return digits(scaled) + " " + TIMES[unit];
  }

  /** Three digits without a unit: {@code 0.65}, {@code 12.3}, {@code 1,234}. */
  static String digits(double number) {
    double size = Math.abs(number);
    int decimals = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
    return String.format(Locale.ROOT, "%,." + decimals + "f", number);
  }

  /** {@code 2.5×}. */
  static String times(double ratio) {
    return digits(ratio) + "×";
  }

  /** The ends of an interval: {@code 0.61–0.69}. */
  static String range(Interval ratio) {
    return digits(ratio.low()) + "–" + digits(ratio.high());
  }

  /** A number of bytes: {@code 64 KiB}, {@code 1.5 MiB}; a dash for none. */
  static String bytes(double bytes) {
    if (!Double.isFinite(bytes)) {
      return "–";
    }
    double scaled = bytes;
    int unit = 0;
    while (scaled >= 1023.95 && unit < SIZES.length - 1) {
      scaled /= 1024;
      unit++;
    }
    boolean whole = unit == 0 || Math.abs(scaled - Math.rint(scaled)) < 0.05;
    return String.format(Locale.ROOT, whole ? "%.0f" : "%.1f", scaled) + " " + SIZES[unit];
  }

  /** Text for HTML and SVG. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
