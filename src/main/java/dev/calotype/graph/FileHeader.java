package dev.calotype.graph;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;

/** The first 64 bytes of a graph's file: see docs/graph-format.md. */
final class FileHeader {
  private static final long MAGIC = 0x0a1a0a0d5247438fL;
  private static final int MAJOR = 1;
  private static final int CRC_AT = Layout.FILE_HEADER_SIZE - 4;
  private static final String STRUCTURE = "file header";

  private FileHeader() {}

  static byte[] encode() {
    ByteWriter out = new ByteWriter(Layout.FILE_HEADER_SIZE);
    out.u64(MAGIC).u16(MAJOR).u16(0).u32(Layout.FILE_HEADER_SIZE);
    out.at(CRC_AT).u32(Layout.crc(out.array(), 0, CRC_AT));
    return out.array();
  }

  /**
   * Checks the start of a file.
   *
   * @param start its first 64 bytes, or all of a shorter one
   */
  static void check(String file, byte[] start) {
    MemorySegment bytes = MemorySegment.ofArray(start);
    if (start.length < 8 || Endian.u64(bytes, 0, true) != MAGIC) {
      byte[] whole = encode();
      for (int i = 0; i < Math.min(8, start.length); i++) {
        if (start[i] != whole[i]) {
          throw new UnsupportedFormatException(file, "a file that is no graph");
        }
      }
      throw new MalformedImageException(
          file, STRUCTURE, 0, start.length + " bytes", "at least " + Layout.FILE_HEADER_SIZE);
    }
    if (start.length < Layout.FILE_HEADER_SIZE) {
      throw new MalformedImageException(
          file, STRUCTURE, 0, start.length + " bytes", "at least " + Layout.FILE_HEADER_SIZE);
    }
    int crc = (int) Endian.u32(bytes, CRC_AT, true);
    int actual = Layout.crc(start, 0, CRC_AT);
    if (crc != actual) {
      throw new MalformedImageException(
          file, STRUCTURE, CRC_AT, "checksum %08x".formatted(crc), "%08x".formatted(actual));
    }
    int major = Endian.u16(bytes, 8, true);
    if (major != MAJOR) {
      throw new UnsupportedFormatException(
          file,
          "version %d of the graph format".formatted(major),
          major < MAJOR
              ? UnsupportedFormatException.Kind.TOO_OLD
              : UnsupportedFormatException.Kind.TOO_NEW);
    }
  }
}
