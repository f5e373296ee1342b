package dev.calotype.ji;

import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.bytes.Zeros;
import dev.calotype.map.OpenFile;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** Reading one chunk, and comparing it with its digest. */
final class Chunk {
  private Chunk() {}

  /** Reads bytes that have to be there. */
  static void read(OpenFile file, String structure, long offset, byte[] target, int length)
      throws IOException {
    try {
      file.readFully(offset, target, 0, length);
    } catch (EOFException e) {
      throw Bytes.view(target, file)
          .malformed(structure, offset, "the end of the file", length + " more bytes");
    }
  }

  /**
   * Compares a chunk with its digest. One that should be zeros is not hashed: holes cost no more
   * than looking at them.
   *
   * @param offset where it is in the file, for errors
   * @throws dev.calotype.MalformedImageException if they differ
   */
  static void verify(
      OpenFile file, String structure, long offset, byte[] chunk, int length, byte[] digest) {
    boolean same =
        (length == Chunks.SIZE && Zeros.isChunkDigest(digest))
            ? Zeros.fill(chunk, 0, length)
            : Arrays.equals(Sha256.of(chunk, 0, length), digest);
    if (!same) {
      throw Bytes.view(chunk, file)
          .malformed(
              structure,
              offset,
              "%d bytes that do not match their digest".formatted(length),
              "the bytes that were written");
    }
  }
}
