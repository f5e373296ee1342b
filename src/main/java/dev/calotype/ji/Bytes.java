package dev.calotype.ji;

import dev.calotype.bytes.ByteView;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/** What the layouts of this room share. */
final class Bytes {
  private Bytes() {}

  /** CRC-32C (Castagnoli, RFC 3720 appendix B.4) of heap bytes. */
  static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  static ByteView view(byte[] bytes, OpenFile file) {
    return new ByteView(MemorySegment.ofArray(bytes), file.path().toString());
  }

  /** Reads exactly these bytes, which the caller knows to be within the file. */
  static byte[] read(OpenFile file, long offset, int size) throws IOException {
    byte[] bytes = new byte[size];
    file.readFully(offset, bytes, 0, size);
    return bytes;
  }

  static long roundUp(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }
}
