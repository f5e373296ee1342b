package dev.calotype.ji;

import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.map.OpenFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * A range of a file, read chunk by chunk; no byte is handed out before its chunk's digest was
 * compared. Holds one chunk in memory while it is being read, and none before and after.
 */
final class VerifiedStream extends InputStream {
  /** Where the digest of a chunk is got from. */
  interface Digests {
    byte[] of(long chunk) throws IOException;
  }

  private static final byte[] NONE = {};

  private final OpenFile file;
  private final String structure;
  private final long start;
  private final long size;
  private final Digests digests;
  private byte[] chunk = NONE;
  private long next;
  private int at;
  private int end;

  /**
   * Reads {@code size} bytes from {@code start}.
   *
   * @param structure what damage is reported in
   */
  VerifiedStream(OpenFile file, String structure, long start, long size, Digests digests) {
    this.file = file;
    this.structure = structure;
    this.start = start;
    this.size = size;
    this.digests = digests;
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

  /**
   * Gets the next chunk when the last one is used up.
   *
   * @throws dev.calotype.MalformedImageException if it is not as it was written
   */
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
    try {
      file.readFully(start + offset, chunk, 0, length);
    } catch (EOFException e) {
      throw Bytes.view(chunk, file)
          .malformed(structure, start + offset, "the end of the file", length + " more bytes");
    }
    if (!Arrays.equals(Sha256.of(chunk, 0, length), digests.of(next))) {
      throw Bytes.view(chunk, file)
          .malformed(
              structure,
              start + offset,
              "%d bytes that do not match their digest".formatted(length),
              "the bytes that were written");
    }
    next++;
    at = 0;
    end = length;
    return true;
  }
}
