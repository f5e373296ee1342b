package dev.calotype.bytes;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.calotype.MalformedImageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads from the bytes of one file, in its byte order. Every read is checked against the file's end
 * first, and a read that would leave it names the structure it was for.
 *
 * <p>Offsets are unsigned: a negative {@code long} is a huge offset and out of bounds.
 *
 * @param bytes the whole file, mapped or copied; its lifetime is the caller's
 * @param file the file's name for errors
 * @param order the order of multi-byte numbers
 */
public record ByteView(MemorySegment bytes, String file, ByteOrder order) {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * The longest text that is decoded. Real symbols reach 130 KiB; without a bound, a file could ask
   * for a string of its own size for each of its symbols.
   */
  public static final int MOST_TEXT_BYTES = 1 << 20;

  /** A view of little-endian bytes. */
  public ByteView(MemorySegment bytes, String file) {
    this(bytes, file, ByteOrder.LITTLE_ENDIAN);
  }

  /** The same bytes in another order. */
  public ByteView withOrder(ByteOrder order) {
    return new ByteView(bytes, file, order);
  }

  /** The file's size in bytes. */
  public long size() {
    return bytes.byteSize();
  }

  /** The byte at {@code offset}, 0 to 255. */
  public int u8(long offset, String structure) {
    require(offset, 1, structure);
    return Byte.toUnsignedInt(bytes.get(JAVA_BYTE, offset));
  }

  /** The 16-bit number at {@code offset}, 0 to 65,535. */
  public int u16(long offset, String structure) {
    require(offset, 2, structure);
    short value = bytes.get(U16, offset);
    return Short.toUnsignedInt(isLittle() ? value : Short.reverseBytes(value));
  }

  /** The 32-bit number at {@code offset}, 0 to 2³² − 1. */
  public long u32(long offset, String structure) {
    require(offset, 4, structure);
    int value = bytes.get(U32, offset);
    return Integer.toUnsignedLong(isLittle() ? value : Integer.reverseBytes(value));
  }

  /** The 64 bits at {@code offset}; unsigned where the format says so. */
  public long u64(long offset, String structure) {
    require(offset, 8, structure);
    long value = bytes.get(U64, offset);
    return isLittle() ? value : Long.reverseBytes(value);
  }

  /** The {@code size} bytes from {@code offset}, not copied. */
  public MemorySegment slice(long offset, long size, String structure) {
    require(offset, size, structure);
    return bytes.asSlice(offset, size);
  }

  /**
   * The NUL-terminated text at {@code offset}. Bytes that are not UTF-8 become U+FFFD.
   *
   * @param end where the table that holds the text ends; the NUL must come before it
   */
  public String string(long offset, long end, String structure) {
    int length = stringLength(offset, end, structure);
    byte[] text = new byte[length];
    MemorySegment.copy(bytes, JAVA_BYTE, offset, text, 0, length);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** The bytes of the NUL-terminated text at {@code offset}, its NUL left out, not copied. */
  public MemorySegment stringBytes(long offset, long end, String structure) {
    return bytes.asSlice(offset, stringLength(offset, end, structure));
  }

  /** How many bytes the NUL-terminated text at {@code offset} has, its NUL not counted. */
  public int stringLength(long offset, long end, String structure) {
    if (offset < 0 || end < offset || end > size()) {
      throw outside(offset, 1, structure);
    }
    long most = Math.min(end, offset + MOST_TEXT_BYTES);
    long nul = Endian.indexOfNul(bytes, offset, most);
    if (nul < 0) {
      throw malformed(
          structure, offset, "text without an end", "a NUL before 0x%x".formatted(most));
    }
    return (int) (nul - offset);
  }

  /** Whether {@code [offset, offset + size)} lies in the file. */
  public boolean contains(long offset, long size) {
    return offset >= 0 && size >= 0 && offset <= size() && size <= size() - offset;
  }

  /**
   * Throws unless {@code [offset, offset + size)} lies in the file.
   *
   * @throws MalformedImageException naming {@code structure}
   */
  public void require(long offset, long size, String structure) {
    if (!contains(offset, size)) {
      throw outside(offset, size, structure);
    }
  }

  /** The error for bytes that are there but wrong. */
  public MalformedImageException malformed(
      String structure, long offset, String actual, String expected) {
    return new MalformedImageException(file, structure, offset, actual, expected);
  }

  private boolean isLittle() {
    return order == ByteOrder.LITTLE_ENDIAN;
  }

  private MalformedImageException outside(long offset, long size, String structure) {
    return malformed(
        structure,
        offset,
        "%s bytes wanted".formatted(Long.toUnsignedString(size)),
        "an end within the file's %d bytes".formatted(size()));
  }
}
