package dev.calotype.bytes;

import java.util.Arrays;

/** Zero bytes: found at memory speed, and a whole chunk's digest known without hashing. */
public final class Zeros {
  /** The size in bytes of the blocks in which zeros are left out of files. */
  public static final int BLOCK = 4096;

  private static final byte[] ZERO_BLOCK = new byte[BLOCK];

  private Zeros() {}

  /** The digest of a whole chunk of zeros; a copy that is the caller's. */
  public static byte[] chunkDigest() {
    return Known.CHUNK.clone();
  }

  /** Whether {@code digest} is that of a whole chunk of zeros. */
  public static boolean isChunkDigest(byte[] digest) {
    return Arrays.equals(digest, Known.CHUNK);
  }

  /** Whether {@code length} bytes from {@code offset} are all zero. */
  public static boolean fill(byte[] bytes, int offset, int length) {
    int at = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, BLOCK);
      if (Arrays.mismatch(bytes, at, at + part, ZERO_BLOCK, 0, part) >= 0) {
        return false;
      }
      at += part;
      left -= part;
    }
    return true;
  }

  /** Hashed when first asked for, half a millisecond. */
  private static final class Known {
    private static final byte[] CHUNK = Sha256.of(new byte[Chunks.SIZE]);
  }
}
