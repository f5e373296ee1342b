package dev.calotype.graph.rustc;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How a file of rustc's incremental folder starts: magic, format, the compiler's version.
 *
 * @param version the compiler's version, as {@code 1.95.0 (59807616e 2026-04-14)}
 * @param options the digest of the command line's options that matter
 * @param size where the nodes start
 */
record RustcHeader(String version, long options, long size) {
  private static final byte[] MAGIC = "RSIC".getBytes(StandardCharsets.US_ASCII);
  private static final int FORMAT = 0;
  private static final int FIXED = MAGIC.length + 2 + 1;
  private static final int OPTIONS = Long.BYTES;
  private static final int MOST = FIXED + 255 + OPTIONS;

  /** The one series whose files were compared with what rustc says of them. */
  private static final String SERIES = "1.95.";

  /** Whether a file starts with the magic. */
  static boolean isOne(OpenFile file) throws IOException {
    byte[] start = new byte[MAGIC.length];
    return file.readAvailable(0, start, 0, start.length) == start.length
        && Arrays.equals(start, MAGIC);
  }

  /**
   * Reads it.
   *
   * @throws MalformedImageException if it is cut off or has no version in it
   * @throws UnsupportedFormatException if it is another file, or of another version of rustc
   */
  static RustcHeader read(OpenFile file) throws IOException {
    String name = file.path().toString();
    byte[] bytes = new byte[MOST];
    int size = file.readAvailable(0, bytes, 0, bytes.length);
    int known = Math.min(size, MAGIC.length);
    if (!Arrays.equals(bytes, 0, known, MAGIC, 0, known)) {
      throw new UnsupportedFormatException(name, "no dependency graph of rustc");
    }
    require(name, size, FIXED);
    int format = u8(bytes, 4) | u8(bytes, 5) << 8;
    if (format != FORMAT) {
      throw new UnsupportedFormatException(
          name, "a file of rustc's incremental folder in format %d".formatted(format));
    }
    int length = u8(bytes, 6);
    int end = FIXED + length + OPTIONS;
    require(name, size, end);
    String version = new String(bytes, FIXED, length, StandardCharsets.ISO_8859_1);
    if (length == 0 || !version.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new MalformedImageException(
          name, "version of rustc", FIXED, "%d bytes".formatted(length), "printable ASCII");
    }
    if (!version.startsWith(SERIES)) {
      throw new UnsupportedFormatException(name, "a dependency graph of rustc " + version);
    }
    long options = 0;
    for (int i = 1; i <= OPTIONS; i++) {
      options = options << Byte.SIZE | u8(bytes, end - i);
    }
    return new RustcHeader(version, options, end);
  }

  private static void require(String name, int size, int wanted) {
    if (size < wanted) {
      throw new MalformedImageException(
          name, "header", size, "the end of the file", "%d bytes".formatted(wanted));
    }
  }

  private static int u8(byte[] bytes, int at) {
    return Byte.toUnsignedInt(bytes[at]);
  }
}
