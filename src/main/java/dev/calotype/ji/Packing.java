package dev.calotype.ji;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Zeros;
import java.util.Arrays;

/**
 * How a chunk of a packed section is encoded: docs/data-file-format.md, "Packed sections". Works on
 * heap bytes only.
 */
final class Packing {
  /** A whole chunk of zeros: no bytes. */
  static final int ZEROS = 0;

  /** The bytes as they are. */
  static final int RAW = 1;

  /** A bit for each block, then the blocks that are not zero. */
  static final int BLOCKS = 2;

  /** One frame of zstd. */
  static final int ZSTD = 3;

  /** The size of a table entry in bytes. */
  static final int ENTRY_SIZE = 16;

  /** The bits of the 256 blocks of a chunk, in bytes. */
  static final int BITS_SIZE = 32;

  private Packing() {}

  /**
   * An encoded chunk.
   *
   * @param encoding how
   * @param bytes the result, at least {@code size} bytes
   * @param size how many of them count
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Packed(int encoding, byte[] bytes, int size) {}

  /** Leaves out the blocks of zeros. */
  static Packed sparse(byte[] chunk, int length) {
    byte[] packed = new byte[BITS_SIZE + length];
    int size = BITS_SIZE;
    for (int at = 0; at < length; at += Zeros.BLOCK) {
      int part = Math.min(Zeros.BLOCK, length - at);
      if (!Zeros.fill(chunk, at, part)) {
        int block = at / Zeros.BLOCK;
        packed[block / 8] |= (byte) (1 << (block % 8));
        System.arraycopy(chunk, at, packed, size, part);
        size += part;
      }
    }
    if (size == BITS_SIZE) {
      return new Packed(ZEROS, packed, 0);
    }
    return size < length ? new Packed(BLOCKS, packed, size) : new Packed(RAW, chunk, length);
  }

  /**
   * Compresses, unless that would gain nothing.
   *
   * @throws RefusedException if there is no zstd-jni
   */
  static Packed compressed(byte[] chunk, int length, int level, String file, String section) {
    if (Zeros.fill(chunk, 0, length)) {
      return new Packed(ZEROS, chunk, 0);
    }
    byte[] frame;
    try {
      frame = ZstdFrames.compress(chunk, length, level);
    } catch (LinkageError e) {
      throw missing(file, section, e);
    }
    return frame.length < length
        ? new Packed(ZSTD, frame, frame.length)
        : new Packed(RAW, chunk, length);
  }

  /** The table entry of a chunk that ends at {@code end} of the section's stored bytes. */
  static byte[] entry(Packed packed, long end) {
    return new ByteWriter(ENTRY_SIZE)
        .u64(end)
        .u32(Bytes.crc(packed.bytes, 0, packed.size))
        .u32(packed.encoding)
        .array();
  }

  /**
   * Decodes a chunk.
   *
   * @param length how many bytes it has
   * @return whether {@code packed} was a proper encoding of that many
   * @throws RefusedException if it is compressed and there is no zstd-jni
   */
  static boolean decode(Packed packed, byte[] chunk, int length, String file, String section) {
    return switch (packed.encoding) {
      case ZEROS -> {
        Arrays.fill(chunk, 0, length, (byte) 0);
        yield packed.size == 0;
      }
      case RAW -> {
        boolean whole = packed.size == length;
        System.arraycopy(packed.bytes, 0, chunk, 0, whole ? length : 0);
        yield whole;
      }
      case BLOCKS -> placeBlocks(packed, chunk, length);
      case ZSTD -> {
        try {
          yield ZstdFrames.decompress(packed, chunk, length);
        } catch (LinkageError e) {
          throw missing(file, section, e);
        }
      }
      default -> false;
    };
  }

  private static RefusedException missing(String file, String section, LinkageError cause) {
    String reason =
        "section %s is compressed, and the library zstd-jni is missing or may not be loaded"
            .formatted(section);
    RefusedException refused = new RefusedException(file, reason);
    refused.initCause(cause);
    return refused;
  }

  private static boolean placeBlocks(Packed packed, byte[] chunk, int length) {
    if (packed.size < BITS_SIZE) {
      return false;
    }
    int from = BITS_SIZE;
    for (int block = 0; block < BITS_SIZE * 8; block++) {
      int at = block * Zeros.BLOCK;
      int part = Math.min(Zeros.BLOCK, length - at);
      boolean present = (packed.bytes[block / 8] & (1 << (block % 8))) != 0;
      if (part <= 0) {
        if (present) {
          return false;
        }
      } else if (present) {
        if (part > packed.size - from) {
          return false;
        }
        System.arraycopy(packed.bytes, from, chunk, at, part);
        from += part;
      } else {
        Arrays.fill(chunk, at, at + part, (byte) 0);
      }
    }
    return from == packed.size;
  }
}
