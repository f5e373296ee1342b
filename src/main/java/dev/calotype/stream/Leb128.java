package dev.calotype.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * LEB128 (DWARF 5, section 7.6) into heap bytes, and the steps that reading shares with it. Up to
 * eight groups of seven bits are spread over the bytes of one word and stored at once, without a
 * branch that depends on how many there are.
 */
final class Leb128 {
  /** The most bytes that any number takes; {@code put} needs that much room whatever the value. */
  static final int MOST_BYTES = 19;

  /** The bit of each byte that says that another one follows. */
  static final long CONTINUED = 0x8080_8080_8080_8080L;

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Leb128() {}

  /** Writes an unsigned number of up to 64 bits; returns where it ends. */
  static int putUnsigned(byte[] bytes, int at, long value) {
    int length = (Long.SIZE + 6 - Long.numberOfLeadingZeros(value | 1)) / 7;
    return put(bytes, at, value, value >>> 63, length);
  }

  /** Writes a signed number of up to 64 bits; returns where it ends. */
  static int putSigned(byte[] bytes, int at, long value) {
    int length = (Long.SIZE + 7 - Long.numberOfLeadingZeros(value ^ (value >> 63))) / 7;
    return put(bytes, at, value, (value >> 63) & 0x7f, length);
  }

  /** Writes an unsigned number of 128 bits; returns where it ends. */
  static int putUnsigned(byte[] bytes, int at, long high, long low) {
    int end = at;
    long top = high;
    long rest = low;
    while (top != 0 || rest >>> 7 != 0) {
      bytes[end++] = (byte) (rest | 0x80);
      rest = (rest >>> 7) | (top << 57);
      top >>>= 7;
    }
    bytes[end++] = (byte) rest;
    return end;
  }

  /** Writes a signed number of 128 bits; returns where it ends. */
  static int putSigned(byte[] bytes, int at, long high, long low) {
    int end = at;
    long top = high;
    long rest = low;
    while (top != rest >> 63 || rest != rest << 57 >> 57) {
      bytes[end++] = (byte) (rest | 0x80);
      rest = (rest >>> 7) | (top << 57);
      top >>= 7;
    }
    bytes[end++] = (byte) (rest & 0x7f);
    return end;
  }

  /** The low 56 bits of {@code value}, seven to each byte. */
  static long spread(long value) {
    long spread = (value & 0x0fff_ffffL) | ((value & 0x00ff_ffff_f000_0000L) << 4);
    spread = (spread & 0x0000_3fff_0000_3fffL) | ((spread & 0x0fff_c000_0fff_c000L) << 2);
    return (spread & 0x007f_007f_007f_007fL) | ((spread & 0x3f80_3f80_3f80_3f80L) << 1);
  }

  /** What {@link #spread} undoes; the top bit of each byte has to be 0. */
  static long gather(long groups) {
    long value = (groups & 0x007f_007f_007f_007fL) | ((groups & 0x7f00_7f00_7f00_7f00L) >>> 1);
    value = (value & 0x0000_3fff_0000_3fffL) | ((value & 0x3fff_0000_3fff_0000L) >>> 2);
    return (value & 0x0fff_ffffL) | ((value & 0x0fff_ffff_0000_0000L) >>> 4);
  }

  private static int put(byte[] bytes, int at, long value, long tenth, int length) {
    if (length <= 8) {
      // Bytes past the last group are garbage until the next number overwrites them.
      long continued = CONTINUED & ((1L << (8 * (length - 1))) - 1);
      WORD.set(bytes, at, spread(value) | continued);
      return at + length;
    }
    WORD.set(bytes, at, spread(value) | CONTINUED);
    bytes[at + 8] = (byte) (length == 9 ? (value >>> 56) & 0x7f : (value >>> 56) | 0x80);
    bytes[at + 9] = (byte) tenth;
    return at + length;
  }
}
