package dev.calotype.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Writes into a heap array of known size, one after the other or at a place; little-endian unless
 * told otherwise. Writing past the end throws {@link IndexOutOfBoundsException}: the size was
 * computed wrongly.
 */
public final class ByteWriter {
  private static final VarHandle U16 = handle(short[].class);
  private static final VarHandle U32 = handle(int[].class);
  private static final VarHandle U64 = handle(long[].class);

  private final byte[] array;
  private final boolean little;
  private int position;

  /** Writes into {@code size} zero bytes. */
  public ByteWriter(int size) {
    this(new byte[size]);
  }

  /** Writes over {@code array}. */
  public ByteWriter(byte[] array) {
    this(array, ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes over {@code array} in that byte order. */
  public ByteWriter(byte[] array, ByteOrder order) {
    this.array = array;
    this.little = order == ByteOrder.LITTLE_ENDIAN;
  }

  /** All the bytes, written or not. */
  public byte[] array() {
    return array;
  }

  /** Where the next byte goes. */
  public int position() {
    return position;
  }

  /** Continues at {@code position}. */
  public ByteWriter at(int position) {
    this.position = position;
    return this;
  }

  /** Writes the low 16 bits. */
  public ByteWriter u16(int value) {
    short low = (short) value;
    U16.set(array, position, little ? low : Short.reverseBytes(low));
    position += 2;
    return this;
  }

  /** Writes the low 32 bits. */
  public ByteWriter u32(long value) {
    int low = (int) value;
    U32.set(array, position, little ? low : Integer.reverseBytes(low));
    position += 4;
    return this;
  }

  /** Writes 64 bits. */
  public ByteWriter u64(long value) {
    U64.set(array, position, little ? value : Long.reverseBytes(value));
    position += 8;
    return this;
  }

  /** Writes all of {@code bytes}. */
  public ByteWriter bytes(byte[] bytes) {
    System.arraycopy(bytes, 0, array, position, bytes.length);
    position += bytes.length;
    return this;
  }

  private static VarHandle handle(Class<?> view) {
    return MethodHandles.byteArrayViewVarHandle(view, ByteOrder.LITTLE_ENDIAN);
  }
}
