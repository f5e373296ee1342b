package dev.calotype.bytes;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Unaligned numbers of either byte order, for walks that have checked a whole table before they
 * read its entries. {@link ByteView} checks each read instead, and says what it was for.
 */
public final class Endian {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Endian() {}

  /** The byte at {@code offset}, 0 to 255. */
  public static int u8(MemorySegment bytes, long offset) {
    return Byte.toUnsignedInt(bytes.get(JAVA_BYTE, offset));
  }

  /** The 16-bit number at {@code offset}, 0 to 65,535. */
  public static int u16(MemorySegment bytes, long offset, boolean little) {
    short value = bytes.get(U16, offset);
    return Short.toUnsignedInt(little ? value : Short.reverseBytes(value));
  }

  /** The 32-bit number at {@code offset}, 0 to 2³² − 1. */
  public static long u32(MemorySegment bytes, long offset, boolean little) {
    int value = bytes.get(U32, offset);
    return Integer.toUnsignedLong(little ? value : Integer.reverseBytes(value));
  }

  /** The 64 bits at {@code offset}; unsigned where the format says so. */
  public static long u64(MemorySegment bytes, long offset, boolean little) {
    long value = bytes.get(U64, offset);
    return little ? value : Long.reverseBytes(value);
  }

  /** The 64 bits at {@code offset} or, in a narrow file, the 32. */
  public static long word(MemorySegment bytes, long offset, boolean wide, boolean little) {
    return wide ? u64(bytes, offset, little) : u32(bytes, offset, little);
  }

  /** Whether {@code [offset, offset + size)} lies in the bytes; both unsigned. */
  public static boolean contains(MemorySegment bytes, long offset, long size) {
    long end = bytes.byteSize();
    return offset >= 0 && size >= 0 && offset <= end && size <= end - offset;
  }

  /**
   * Where the first NUL in {@code [from, end)} is, a range within the bytes; −1 if there is none.
   */
  public static long indexOfNul(MemorySegment bytes, long from, long end) {
    long at = from;
    // Four words at a time: one branch for most names, as misprediction is what a short one costs.
    for (; at + 32 <= end; at += 32) {
      long a = nuls(bytes.get(U64, at));
      long b = nuls(bytes.get(U64, at + 8));
      long c = nuls(bytes.get(U64, at + 16));
      long d = nuls(bytes.get(U64, at + 24));
      if ((a | b | c | d) != 0) {
        return at
            + (a != 0 ? first(a) : b != 0 ? 8 + first(b) : c != 0 ? 16 + first(c) : 24 + first(d));
      }
    }
    for (; at < end; at++) {
      if (bytes.get(JAVA_BYTE, at) == 0) {
        return at;
      }
    }
    return -1;
  }

  /** The top bit of each zero byte, exact up to the first one. */
  private static long nuls(long word) {
    return word - 0x0101010101010101L & ~word & 0x8080808080808080L;
  }

  private static int first(long nuls) {
    return Long.numberOfTrailingZeros(nuls) >> 3;
  }
}
