package dev.calotype.ji;

import dev.calotype.bytes.Chunks;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Bytes that are verified chunk by chunk; none is handed out before its chunk's digest was
 * compared. Holds one chunk in memory while it is being read, and none before and after.
 */
final class VerifiedStream extends InputStream {
  /** Where chunks are got from. */
  interface Source {
    /**
     * Reads a chunk and compares its digest.
     *
     * @throws dev.calotype.MalformedImageException if it is not as it was written
     */
    void read(long chunk, byte[] target, int length) throws IOException;
  }

  private static final byte[] NONE = {};

  private final long size;
  private final Source source;
  private byte[] chunk = NONE;
  private long next;
  private int at;
  private int end;

  /** Reads {@code size} bytes. */
  VerifiedStream(long size, Source source) {
    this.size = size;
    this.source = source;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!hasBytes()) {
      return -1;
    }
    int part = Math.min(length, end - at);
    System.arraycopy(chunk, at, target, offset, part);
    at += part;
    if (at == end && next * Chunks.SIZE >= size) {
      chunk = NONE; // Many streams may be open at once, all but one of them read or not yet read.
    }
    return part;
  }

  /** Verifies all that was not read yet. */
  void drain() throws IOException {
    do {
      at = end;
    } while (hasBytes());
  }

  /** Gets the next chunk when the last one is used up. */
  private boolean hasBytes() throws IOException {
    if (at < end) {
      return true;
    }
    long offset = next * Chunks.SIZE;
    if (offset >= size) {
      return false;
    }
    int length = (int) Math.min(Chunks.SIZE, size - offset);
    if (chunk.length == 0) {
      chunk = new byte[(int) Math.min(size, Chunks.SIZE)];
    }
    source.read(next, chunk, length);
    next++;
    at = 0;
    end = length;
    return true;
  }
}
