package dev.calotype.ji;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The last 32 bytes of a code object of ours. They repeat where the note is, so that a code object
 * whose headers are damaged is still recognised as one. Its bytes are in docs/data-file-format.md,
 * "Code object".
 *
 * @param noteOffset where the note starts
 * @param fileSize the size of the whole file
 */
record CodeTrailer(long noteOffset, long fileSize) {
  static final int SIZE = 32;
  private static final byte[] MAGIC = {(byte) 0x8f, 'C', 'J', 'O', '\r', '\n', 0x1a, '\n'};
  private static final int CRC = SIZE - 4;

  byte[] encode() {
    ByteWriter trailer = new ByteWriter(SIZE);
    trailer.bytes(MAGIC).u64(noteOffset).u64(fileSize).u32(0);
    trailer.u32(Bytes.crc(trailer.array(), 0, CRC));
    return trailer.array();
  }

  /** The trailer of {@code file}, if it ends with a whole one. */
  static Optional<CodeTrailer> find(OpenFile file) throws IOException {
    if (file.size() < SIZE) {
      return Optional.empty();
    }
    byte[] bytes = Bytes.read(file, file.size() - SIZE, SIZE);
    var view = Bytes.view(bytes, file);
    CodeTrailer trailer = new CodeTrailer(view.u64(8, "trailer"), view.u64(16, "trailer"));
    return Arrays.equals(trailer.encode(), bytes) ? Optional.of(trailer) : Optional.empty();
  }
}
