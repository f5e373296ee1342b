package dev.calotype.bytes;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A name to look for in a file's table of names. Its first eight bytes are compared as one number,
 * which tells it from nearly all others: in a walk over headers, comparing is most of the work.
 */
public final class Name {
  private final byte[] text;
  private final long head;
  private final long mask;

  /** The name {@code text}, in UTF-8 as in files. */
  public Name(String text) {
    this.text = text.getBytes(StandardCharsets.UTF_8);
    long head = 0;
    for (int i = 0; i < Math.min(8, this.text.length); i++) {
      head |= (this.text[i] & 0xffL) << (8 * i);
    }
    this.head = head;
    // The NUL of a name of up to seven bytes is compared with them.
    this.mask = this.text.length >= 7 ? -1 : (1L << (8 * (this.text.length + 1))) - 1;
  }

  /** How many bytes it has, without a NUL. */
  public int length() {
    return text.length;
  }

  /**
   * Whether it is the text at {@code offset} that ends with a NUL.
   *
   * @param end where the table of texts ends, within the bytes
   */
  public boolean isTextAt(MemorySegment bytes, long offset, long end) {
    if (offset > end - 8) {
      return isShortlyBefore(bytes, offset, end);
    }
    if (((Endian.u64(bytes, offset, true) ^ head) & mask) != 0) {
      return false;
    }
    return text.length < 8 || isTail(bytes, offset, end);
  }

  /**
   * Whether it is in the {@code width} bytes at {@code offset}, which the caller has checked: all
   * of them, or as many as come before a NUL.
   */
  public boolean isFieldAt(MemorySegment bytes, long offset, int width) {
    int length = text.length;
    if (length > width
        || ((Endian.u64(bytes, offset, true) ^ head) & (length < 8 ? mask : -1)) != 0) {
      return false;
    }
    for (int i = 8; i < length; i++) {
      if (bytes.get(JAVA_BYTE, offset + i) != text[i]) {
        return false;
      }
    }
    return length < 8 || length == width || bytes.get(JAVA_BYTE, offset + length) == 0;
  }

  private boolean isTail(MemorySegment bytes, long offset, long end) {
    if (end - offset <= text.length) {
      return false;
    }
    for (int i = 8; i < text.length; i++) {
      if (bytes.get(JAVA_BYTE, offset + i) != text[i]) {
        return false;
      }
    }
    return bytes.get(JAVA_BYTE, offset + text.length) == 0;
  }

  /** Where eight bytes can't be read. */
  private boolean isShortlyBefore(MemorySegment bytes, long offset, long end) {
    if (offset < 0 || end - offset <= text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (bytes.get(JAVA_BYTE, offset + i) != text[i]) {
        return false;
      }
    }
    return bytes.get(JAVA_BYTE, offset + text.length) == 0;
  }

  @Override
  public String toString() {
    return new String(text, StandardCharsets.UTF_8);
  }
}
