package dev.calotype.emit;

import dev.calotype.image.Format;
import java.nio.charset.StandardCharsets;

/**
 * The bytes around a payload in one format, as functions of the payload's size: what comes before
 * it has always the same length, so it can be written first and once more at the end.
 */
abstract sealed class WrapLayout permits ElfWrapLayout, CoffWrapLayout, MachOWrapLayout {
  /** Up to here the payload is aligned in the file too, so that it can be mapped where it is. */
  static final long MOST_FILE_ALIGNMENT = 1 << 16;

  /** Everything before the payload. */
  abstract byte[] head(long size);

  /** Everything after it. */
  abstract byte[] tail(long size);

  /** The size in bytes of the largest payload that the format's numbers can describe. */
  abstract long mostPayload();

  /** The format, for errors. */
  abstract Format format();

  /** The format's name as people write it. */
  final String title() {
    return format().title();
  }

  /** Where the payload starts if the headers end at {@code end}. */
  static int payloadOffset(int end, long alignment) {
    return (int) align(end, Math.min(alignment, MOST_FILE_ALIGNMENT));
  }

  /** The next multiple of {@code alignment}, a power of two. */
  static long align(long offset, long alignment) {
    return (offset + alignment - 1) & -alignment;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
