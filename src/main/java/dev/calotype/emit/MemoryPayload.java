package dev.calotype.emit;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** Bytes in memory, mapped ones too. */
final class MemoryPayload extends Payload {
  private final MemorySegment bytes;

  MemoryPayload(MemorySegment bytes, String name) {
    super(name);
    this.bytes = bytes;
  }

  /** Whether the bytes can vanish with the end of a file. */
  boolean isMapped() {
    return bytes.isMapped();
  }

  @Override
  Source open() {
    return new Reader();
  }

  private final class Reader implements Source {
    private long position;

    @Override
    public long size() {
      return bytes.byteSize();
    }

    @Override
    public int read(byte[] buffer) {
      int length = (int) Math.min(bytes.byteSize() - position, buffer.length);
      if (length == 0) {
        return -1;
      }
      MemorySegment.copy(bytes, JAVA_BYTE, position, buffer, 0, length);
      position += length;
      return length;
    }
  }
}
