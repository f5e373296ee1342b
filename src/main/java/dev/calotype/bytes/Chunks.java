package dev.calotype.bytes;

import java.io.ByteArrayOutputStream;

/**
 * Digests of a stream, one for each chunk of {@value #SIZE} bytes and one for what is left at the
 * end. The chunk is the unit in which damage is located and content verified lazily.
 *
 * <p>Not safe for use by several threads. Heap use grows by 32 bytes a chunk, 32 KiB a GiB.
 */
public final class Chunks {
  /** Bytes in a whole chunk. Part of the file formats: see docs/data-file-format.md. */
  public static final int SIZE = 1 << 20;

  private final Sha256 chunk = new Sha256();
  private final ByteArrayOutputStream digests = new ByteArrayOutputStream();
  private int filled;

  /** How many chunks {@code size} bytes have. */
  public static long count(long size) {
    return size / SIZE + (size % SIZE == 0 ? 0 : 1);
  }

  /** Adds {@code length} bytes from {@code offset}. */
  public void add(byte[] bytes, int offset, int length) {
    int at = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, SIZE - filled);
      chunk.add(bytes, at, part);
      filled += part;
      at += part;
      left -= part;
      if (filled == SIZE) {
        closeChunk();
      }
    }
  }

  /** The digests of all chunks, one after the other; the last chunk ends here. */
  public byte[] finish() {
    if (filled > 0) {
      closeChunk();
    }
    byte[] all = digests.toByteArray();
    digests.reset();
    return all;
  }

  private void closeChunk() {
    digests.writeBytes(chunk.finish());
    filled = 0;
  }
}
