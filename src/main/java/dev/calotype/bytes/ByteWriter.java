package dev.calotype.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Little-endian writes into a heap array of known size, one after the other or at a place. Writing
 * past the end throws {@link IndexOutOfBoundsException}: the size was computed wrongly.
 */
public final class ByteWriter {
  private static final VarHandle U16 = handle(short[].class);
  private static final VarHandle U32 = handle(int[].class);
  private static final VarHandle U64 = handle(long[].class);

  private final byte[] array;
  private int position;

  /** Writes into {@code size} zero bytes. */
  public ByteWriter(int size) {
    this(new byte[size]);
  }

  /** Writes over {@code array}. */
  public ByteWriter(byte[] array) {
    this.array = array;
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
    U16.set(array, position, (short) value);
    position += 2;
    return this;
  }

  /** Writes the low 32 bits. */
  public ByteWriter u32(long value) {
    U32.set(array, position, (int) value);
    position += 4;
    return this;
  }

  /** Writes 64 bits. */
  public ByteWriter u64(long value) {
    U64.set(array, position, value);
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
