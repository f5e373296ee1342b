package dev.calotype.stream;

import dev.calotype.MalformedImageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Reads what {@link MetadataWriter} wrote, in place, from bytes that nobody vouches for. Each read
 * starts at {@link #position} and moves it to what follows; {@link #at} goes anywhere.
 *
 * <p>Whatever the bytes are, a read gives an answer or throws {@link MalformedImageException}: for
 * an end that comes too early, for a number that does not fit its width, and for a number in more
 * bytes than it needs, so that a value has one encoding. After an exception the position is where
 * the failed read began. Numbers are read without allocating.
 *
 * <p>Lives as long as the segment. If that is a mapped file which others may truncate, read inside
 * {@link dev.calotype.map.OpenFile#whileWhole}. Not safe for use by several threads; {@link #fork}
 * gives each its own.
 */
public final class MetadataReader {
  /** What {@link #string()} takes at most. */
  public static final int MOST_STRING_BYTES = 1 << 20;

  /** Nothing but the bit above. */
  private static final long NOTHING = 1;

  private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment bytes;
  private final String file;
  private final long size;

  /** The last position with a whole word behind it. */
  private final long lastWord;

  /** Where the next read starts, if nothing is pending; else where what is pending ends. */
  private long position;

  /**
   * One-byte numbers that were read ahead, the next one lowest, and a bit above the last. A word
   * that has eight of them is looked at once: one small number nobody predicts, a run is likely.
   */
  private long pending = NOTHING;

  private long high;

  private MetadataReader(MemorySegment bytes, String file, long position) {
    this.bytes = bytes;
    this.file = file;
    this.size = bytes.byteSize();
    this.lastWord = size - Long.BYTES;
    this.position = position;
  }

  /**
   * A reader at the start of a stream.
   *
   * @param bytes the whole stream, in a file, a section of one or the heap
   * @param file the name that errors give
   */
  public static MetadataReader of(MemorySegment bytes, String file) {
    return new MetadataReader(bytes, file, 0);
  }

  /** Another reader of the same bytes, at the same position. */
  public MetadataReader fork() {
    return new MetadataReader(bytes, file, position());
  }

  /** How many bytes the stream has. */
  public long size() {
    return size;
  }

  /** Where the next read starts, in bytes from the start of the stream. */
  public long position() {
    return position - (Long.SIZE - 1 - Long.numberOfLeadingZeros(pending)) / Byte.SIZE;
  }

  /**
   * Goes to a position, which may have been read from the stream.
   *
   * @throws MalformedImageException if it is not within the stream or at its end
   */
  public MetadataReader at(long position) {
    if (position < 0 || position > size) {
      throw new MalformedImageException(
          file,
          "position",
          position(),
          "0x%x".formatted(position),
          "one up to the end at 0x%x".formatted(size));
    }
    go(position);
    return this;
  }

  /** Reads 8 bits, 0 to 255. */
  public int fixed8() {
    long at = advance(1, "8-bit field");
    return Byte.toUnsignedInt(bytes.get(U8, at));
  }

  /** Reads 16 bits, 0 to 65,535. */
  public int fixed16() {
    long at = advance(2, "16-bit field");
    return Short.toUnsignedInt(bytes.get(U16, at));
  }

  /** Reads 32 bits. */
  public int fixed32() {
    long at = advance(4, "32-bit field");
    return bytes.get(U32, at);
  }

  /** Reads 64 bits. */
  public long fixed64() {
    long at = advance(8, "64-bit field");
    return bytes.get(U64, at);
  }

  /** Reads 128 bits and returns the low half; {@link #high} is the other. */
  public long fixed128() {
    long at = advance(16, "128-bit field");
    high = bytes.get(U64, at + 8);
    return bytes.get(U64, at);
  }

  /** The high half of the last number of 128 bits that was read. */
  public long high() {
    return high;
  }

  /** Reads an unsigned LEB128 number of up to 32 bits. */
  public int unsigned32() {
    long next = pending;
    if (next != NOTHING) {
      pending = next >>> Byte.SIZE;
      return (int) next & 0x7f;
    }
    long at = position;
    if (at <= lastWord) {
      long word = bytes.get(U64, at);
      long ends = ~word & Leb128.CONTINUED;
      if (ends == Leb128.CONTINUED) {
        position = at + Long.BYTES;
        pending = rest(word);
        return (byte) word;
      }
      int bits = Long.numberOfTrailingZeros(ends) + 1;
      long groups = word & (ends ^ (ends - 1)) & ~Leb128.CONTINUED;
      long value = Leb128.gather(groups);
      // A last group of zero is allowed where it is the only one.
      if (bits <= 40 && value >>> 32 == 0 && (groups >>> (bits - 8) != 0 || bits == 8)) {
        position = at + (bits >>> 3);
        return (int) value;
      }
    }
    return (int) slowly(32, false);
  }

  /** Reads an unsigned LEB128 number of up to 64 bits. */
  public long unsigned64() {
    long next = pending;
    if (next != NOTHING) {
      pending = next >>> Byte.SIZE;
      return next & 0x7f;
    }
    long at = position;
    if (at <= lastWord) {
      long word = bytes.get(U64, at);
      long ends = ~word & Leb128.CONTINUED;
      if (ends == Leb128.CONTINUED) {
        position = at + Long.BYTES;
        pending = rest(word);
        return (byte) word;
      }
      int bits = Long.numberOfTrailingZeros(ends) + 1;
      long groups = word & (ends ^ (ends - 1)) & ~Leb128.CONTINUED;
      if (bits <= Long.SIZE && (groups >>> (bits - 8) != 0 || bits == 8)) {
        position = at + (bits >>> 3);
        return Leb128.gather(groups);
      }
    }
    return slowly(64, false);
  }

  /**
   * Reads an unsigned LEB128 number of up to 128 bits and returns the low half; {@link #high} is
   * the other.
   */
  public long unsigned128() {
    return slowly(128, false);
  }

  /** Reads a signed LEB128 number of up to 32 bits. */
  public int signed32() {
    return (int) signed(32);
  }

  /** Reads a signed LEB128 number of up to 64 bits. */
  public long signed64() {
    return signed(64);
  }

  /**
   * Reads a signed LEB128 number of up to 128 bits and returns the low half; {@link #high} is the
   * other.
   */
  public long signed128() {
    return slowly(128, true);
  }

  /** Reads a text of up to {@value #MOST_STRING_BYTES} bytes. */
  public String string() {
    return string(MOST_STRING_BYTES);
  }

  /**
   * Reads a text, copying it.
   *
   * @param most how many bytes of UTF-8 it may have; one that claims more is malformed
   */
  public String string(int most) {
    long start = position();
    MemorySegment text = stringBytes();
    if (text.byteSize() > most) {
      long claimed = text.byteSize();
      go(start);
      throw malformed("string", start, claimed + " bytes", "at most " + most);
    }
    try {
      return Utf8.decode(text.toArray(U8), file, "string", position - text.byteSize());
    } catch (MalformedImageException e) {
      go(start);
      throw e;
    }
  }

  /** Reads a text as its bytes, not copied and not checked to be UTF-8: the cheap way past one. */
  public MemorySegment stringBytes() {
    long start = position();
    long length = unsigned64();
    long at = position();
    if (length < 0 || length > size - at) {
      go(start);
      throw ends("string", at, length);
    }
    return bytes(length);
  }

  /** Reads the next {@code length} bytes, not copied. */
  public MemorySegment bytes(long length) {
    return bytes.asSlice(advance(length, "bytes"), length);
  }

  /**
   * Reads a table's head, and steps over its rows; they are read when they are asked for.
   *
   * @param columns how many cells a row has to have
   */
  public MetadataTable table(int columns) {
    long start = position();
    try {
      return MetadataTable.read(this, columns);
    } catch (MalformedImageException e) {
      go(start);
      throw e;
    }
  }

  MalformedImageException malformed(String structure, long at, String actual, String expected) {
    return new MalformedImageException(file, structure, at, actual, expected);
  }

  private void go(long position) {
    this.position = position;
    pending = NOTHING;
  }

  /** What is pending of a word of one-byte numbers when its first is read. */
  private static long rest(long word) {
    return word >>> Byte.SIZE | NOTHING << (Long.SIZE - Byte.SIZE);
  }

  private long advance(long length, String structure) {
    long at = position();
    if (length < 0 || length > size - at) {
      throw ends(structure, at, length);
    }
    go(at + length);
    return at;
  }

  private MalformedImageException ends(String structure, long at, long length) {
    return malformed(
        structure,
        at,
        "%s bytes wanted".formatted(Long.toUnsignedString(length)),
        "an end within the stream's %d bytes".formatted(size));
  }

  private long signed(int width) {
    long next = pending;
    if (next != NOTHING) {
      pending = next >>> Byte.SIZE;
      return next << 57 >> 57;
    }
    long at = position;
    if (at <= lastWord) {
      long word = bytes.get(U64, at);
      long ends = ~word & Leb128.CONTINUED;
      if (ends == Leb128.CONTINUED) {
        position = at + Long.BYTES;
        pending = rest(word);
        return word << 57 >> 57;
      }
      int bits = Long.numberOfTrailingZeros(ends) + 1;
      long groups = word & (ends ^ (ends - 1)) & ~Leb128.CONTINUED;
      int unused = Long.SIZE - bits / 8 * 7;
      long value = Leb128.gather(groups) << unused >> unused;
      // The last group has to say more than the sign of the one before it.
      boolean needed = bits == 8 || (value ^ (value >> 63)) >>> (Long.SIZE - 8 - unused) != 0;
      if (bits <= Long.SIZE && needed && (width == 64 || value == (int) value)) {
        position = at + (bits >>> 3);
        return value;
      }
    }
    return slowly(width, true);
  }

  /** Byte by byte: what is near the end, longer than eight bytes, or malformed. */
  private long slowly(int width, boolean signed) {
    long start = position();
    long at = start;
    long low = 0;
    long top = 0;
    int shift = 0;
    int before;
    int one = 0;
    do {
      if (at == size) {
        throw ends(number(width, signed), start, at + 1 - start);
      }
      if (shift >= width) {
        String actual = "more than %d bytes".formatted(at - start);
        throw malformed(number(width, signed), start, actual, "an end");
      }
      before = one;
      one = Byte.toUnsignedInt(bytes.get(U8, at++));
      long group = one & 0x7f;
      low |= shift < 64 ? group << shift : 0;
      top |= shift < 64 ? group >>> 1 >>> (63 - shift) : group << (shift - 64);
      shift += 7;
    } while (one >= 0x80);
    // What is left of the last group has to be zero, or copies of the sign.
    int left = Math.min(width - (shift - 7), 7);
    int rest = signed ? one << 25 >> (24 + left) : one >>> left;
    if (rest != 0 && (!signed || rest != -1)) {
      throw malformed(number(width, signed), start, "one of more bits", "one that fits");
    }
    boolean negative = signed && (one & 0x40) != 0;
    if (at - start > 1 && (signed ? one == ((before & 0x40) == 0 ? 0 : 0x7f) : one == 0)) {
      String actual = "%d bytes".formatted(at - start);
      throw malformed(number(width, signed), start, actual, "as few as will do");
    }
    if (negative) {
      low |= shift < 64 ? -1L << shift : 0;
      top |= shift <= 64 ? -1L : shift < 128 ? -1L << (shift - 64) : 0;
    }
    if (width == 128) {
      high = top;
    }
    go(at);
    return low;
  }

  private static String number(int width, boolean signed) {
    return "%s number of %d bits".formatted(signed ? "signed" : "unsigned", width);
  }
}
