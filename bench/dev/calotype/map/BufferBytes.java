package dev.calotype.map;

import java.nio.ByteBuffer;

/** Bytes in a buffer. Nothing ends with this: that is up to the collector. */
record BufferBytes(ByteBuffer bytes) implements OpenBytes {
  @Override
  public long sum(long position, int length) {
    int first = Math.toIntExact(position);
    long sum = 0;
    for (int i = 0; i < length; i += Long.BYTES) {
      sum += bytes.getLong(first + i);
    }
    return sum;
  }

  @Override
  public void close() {}
}
