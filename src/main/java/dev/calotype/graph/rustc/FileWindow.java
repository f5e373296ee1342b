package dev.calotype.graph.rustc;

import dev.calotype.MalformedImageException;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A range of a file, read from its start to its end through one buffer of positional reads: what is
 * checked in it stays what it was. Numbers are little-endian.
 *
 * <p>{@link #need} comes before any other read; the reads themselves check nothing but the array.
 */
final class FileWindow {
  /** What {@link #need} can be asked for at most. */
  static final int MOST_NEEDED = 64;

  private static final int SIZE = 1 << 18;

  /** So that a number of eight bytes can be read where one of fewer bytes ends the buffer. */
  private static final int SLACK = 8;

  private static final VarHandle U16 =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle U32 =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final OpenFile file;
  private final long end;
  private final byte[] buffer;
  private long start;
  private int at;
  private int filled;

  /** A window on what lies between {@code start} and {@code end}, both within the file. */
  FileWindow(OpenFile file, long start, long end) {
    this.file = file;
    this.start = start;
    this.end = end;
    buffer = new byte[(int) Math.min(SIZE, end - start) + SLACK];
  }

  /** Where the next read is, in bytes from the start of the file. */
  long position() {
    return start + at;
  }

  /** How many bytes the range has left. */
  long left() {
    return end - position();
  }

  /** How many bytes can be read without asking for more. */
  int buffered() {
    return filled - at;
  }

  /**
   * Makes the next {@code count} bytes readable.
   *
   * @param structure what they are, and {@code number} which one
   * @throws MalformedImageException if the range ends before that
   */
  void need(int count, String structure, long number) throws IOException {
    if (filled - at < count) {
      if (left() < count) {
        throw malformed(
            "%s %d".formatted(structure, number),
            position(),
            "%d bytes wanted".formatted(count),
            "an end before 0x%x".formatted(end));
      }
      fill();
    }
  }

  /** Reads on, so that the buffer is full or has all that is left. */
  void fill() throws IOException {
    int kept = filled - at;
    System.arraycopy(buffer, at, buffer, 0, kept);
    start += at;
    at = 0;
    filled = kept + (int) Math.min(buffer.length - SLACK - kept, end - start - kept);
    file.readFully(start + kept, buffer, kept, filled - kept);
  }

  /** Steps over bytes that {@link #need} made readable. */
  void skip(int count) {
    at += count;
  }

  int u8() {
    return Byte.toUnsignedInt(buffer[at++]);
  }

  int u16() {
    short value = (short) U16.get(buffer, at);
    at += Short.BYTES;
    return Short.toUnsignedInt(value);
  }

  long u32() {
    int value = (int) U32.get(buffer, at);
    at += Integer.BYTES;
    return Integer.toUnsignedLong(value);
  }

  long u64() {
    long value = (long) U64.get(buffer, at);
    at += Long.BYTES;
    return value;
  }

  /** Reads {@code count} numbers of {@code width} bytes, at most four, all of them buffered. */
  void numbers(int width, long[] target, int offset, int count) {
    long mask = (1L << (width * Byte.SIZE)) - 1;
    int from = at;
    for (int i = 0; i < count; i++) {
      target[offset + i] = (int) U32.get(buffer, from) & mask;
      from += width;
    }
    at = from;
  }

  MalformedImageException malformed(String structure, long offset, String actual, String expected) {
    return new MalformedImageException(file.path().toString(), structure, offset, actual, expected);
  }
}
