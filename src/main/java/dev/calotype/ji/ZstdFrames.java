package dev.calotype.ji;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.util.Arrays;

/**
 * Frames of zstd (RFC 8878), one for each chunk, by the library zstd-jni. Where that is missing,
 * touching this class is a {@link LinkageError}, which only {@link Packing} has to know.
 */
final class ZstdFrames {
  private ZstdFrames() {}

  /** Compresses heap bytes. */
  static byte[] compress(byte[] bytes, int length, int level) {
    return Zstd.compress(length == bytes.length ? bytes : Arrays.copyOf(bytes, length), level);
  }

  /**
   * Decompresses heap bytes into {@code target}, which bounds what a frame can ask for.
   *
   * @param length how many bytes have to come out
   * @return whether these are the bytes of frames of that many
   */
  static boolean decompress(Packing.Packed packed, byte[] target, int length) {
    try {
      return length
          == Zstd.decompressByteArray(target, 0, length, packed.bytes(), 0, packed.size());
    } catch (ZstdException e) {
      return false;
    }
  }
}
