package dev.calotype.map;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Bytes in a segment: mapped, in an array, or in memory outside the heap.
 *
 * @param arena what ends with this; the global one if nothing does
 */
record SegmentBytes(MemorySegment bytes, Arena arena) implements OpenBytes {
  /** For an array, which the collector takes. */
  static SegmentBytes of(byte[] bytes) {
    return new SegmentBytes(MemorySegment.ofArray(bytes), Arena.global());
  }

  @Override
  public long sum(long position, int length) {
    return sum(bytes, position, length);
  }

  static long sum(MemorySegment bytes, long position, int length) {
    long sum = 0;
    for (int i = 0; i < length; i += Long.BYTES) {
      sum += bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, position + i);
    }
    return sum;
  }

  @Override
  public void close() {
    if (!arena.scope().equals(Arena.global().scope())) {
      arena.close();
    }
  }
}
