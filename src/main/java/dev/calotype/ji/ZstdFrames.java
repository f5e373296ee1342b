package dev.calotype.ji;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.calotype.RefusedException;
import java.util.Arrays;

/**
 * Frames of zstd (RFC 8878), one for each chunk, by the library zstd-jni. A library user who has no
 * compressed sections does without it.
 */
final class ZstdFrames {
  private ZstdFrames() {}

  /**
   * Compresses heap bytes.
   *
   * @param section the section they are of, for errors
   * @throws RefusedException if there is no zstd-jni
   */
  static byte[] compress(byte[] bytes, int length, int level, String file, String section) {
    try {
      return Zstd.compress(length == bytes.length ? bytes : Arrays.copyOf(bytes, length), level);
    } catch (LinkageError e) {
      throw missing(file, section, e);
    }
  }

  /**
   * Decompresses heap bytes into {@code target}, which bounds what a frame can ask for.
   *
   * @param length how many bytes have to come out
   * @return whether these are the bytes of frames of that many
   * @throws RefusedException if there is no zstd-jni
   */
  static boolean decompress(
      Packing.Packed packed, byte[] target, int length, String file, String section) {
    try {
      return length
          == Zstd.decompressByteArray(target, 0, length, packed.bytes(), 0, packed.size());
    } catch (ZstdException e) {
      return false;
    } catch (LinkageError e) {
      throw missing(file, section, e);
    }
  }

  private static RefusedException missing(String file, String section, LinkageError cause) {
    RefusedException refused =
        new RefusedException(
            file,
            "section %s is compressed, and the library zstd-jni is missing or may not be loaded"
                .formatted(section));
    refused.initCause(cause);
    return refused;
  }
}
