package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The first page of a data file: what decides validity without looking further. Its bytes are in
 * docs/data-file-format.md, "Page one".
 *
 * @param minor the minor version of the writer's format
 * @param fileSize the size of the whole file
 * @param tailOffset where the tail block starts
 * @param tailSize its size; it ends the file
 * @param flags {@link #PUBLISHED_FAST} or 0
 * @param id the content id
 * @param root the SHA-256 of the tail block
 * @param compiler {@link #digest} of the compiler's identity
 * @param target {@link #digest} of the target's id
 */
record PageOne(
    int minor,
    long fileSize,
    long tailOffset,
    long tailSize,
    int flags,
    DataId id,
    String root,
    String compiler,
    String target) {

  static final int SIZE = 4096;
  static final int MAJOR = 1;
  static final int MINOR = 0;
  static final int PUBLISHED_FAST = 1;

  /** The digest that stands for "nothing recorded". */
  static final String NONE = "0".repeat(64);

  private static final byte[] MAGIC = {(byte) 0x8f, 'C', 'J', 'I', '\r', '\n', 0x1a, '\n'};
  private static final int CRC = SIZE - 4;
  private static final String STRUCTURE = "page one";

  /** The digest under which a recorded text is compared: of its UTF-8, or {@link #NONE}. */
  static String digest(String text) {
    return text.isEmpty() ? NONE : hex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  byte[] encode() {
    ByteWriter page = new ByteWriter(SIZE);
    page.bytes(MAGIC)
        .u16(MAJOR)
        .u16(minor)
        .u32(SIZE)
        .u64(fileSize)
        .u64(tailOffset)
        .u64(tailSize)
        .u32(flags)
        .u32(0)
        .bytes(id.bytes())
        .bytes(HexFormat.of().parseHex(root))
        .bytes(HexFormat.of().parseHex(compiler))
        .bytes(HexFormat.of().parseHex(target));
    page.at(CRC).u32(Bytes.crc(page.array(), 0, CRC));
    return page.array();
  }

  /**
   * Reads and checks the page.
   *
   * @throws MalformedImageException if it is a data file's page, but damaged
   * @throws UnsupportedFormatException if the file is something else, or of another version
   */
  static PageOne read(OpenFile file) throws IOException {
    byte[] page = new byte[SIZE];
    int size = file.readAvailable(0, page, 0, SIZE);
    String name = file.path().toString();
    boolean magic =
        Arrays.mismatch(
                page, 0, Math.min(size, MAGIC.length), MAGIC, 0, Math.min(size, MAGIC.length))
            < 0;
    if (size < SIZE) {
      if (!magic) {
        throw new UnsupportedFormatException(name, "a file that is no data file");
      }
      throw new MalformedImageException(
          name, STRUCTURE, size, "the end of the file", "a page of %d bytes".formatted(SIZE));
    }
    ByteView view = Bytes.view(page, file);
    int stored = (int) view.u32(CRC, STRUCTURE);
    if (!magic) {
      rejectMagic(page, stored, name);
    }
    // Magic, versions and checksum are in one place in every version of the format. So a page whose
    // checksum is wrong is damaged, whatever its version field says.
    if (Bytes.crc(page, 0, CRC) != stored) {
      throw new MalformedImageException(
          name,
          STRUCTURE,
          0,
          "bytes that do not match their checksum",
          "the bytes that were written");
    }
    int major = view.u16(8, STRUCTURE);
    if (major != MAJOR) {
      throw new UnsupportedFormatException(
          name,
          "a data file of format %d, too %s (this reads %d)"
              .formatted(major, major > MAJOR ? "new" : "old", MAJOR));
    }
    PageOne one = decode(view);
    one.checkPlaces(file, view);
    return one;
  }

  private static PageOne decode(ByteView view) {
    return new PageOne(
        view.u16(0x0a, STRUCTURE),
        view.u64(0x10, STRUCTURE),
        view.u64(0x18, STRUCTURE),
        view.u64(0x20, STRUCTURE),
        (int) view.u32(0x28, STRUCTURE),
        new DataId(digestAt(view, 0x30)),
        digestAt(view, 0x50),
        digestAt(view, 0x70),
        digestAt(view, 0x90));
  }

  private static String digestAt(ByteView view, long offset) {
    byte[] digest = new byte[Sha256.SIZE];
    view.slice(offset, Sha256.SIZE, STRUCTURE).asByteBuffer().get(digest);
    return hex(digest);
  }

  private void checkPlaces(OpenFile file, ByteView view) {
    if (view.u32(0x0c, STRUCTURE) != SIZE) {
      throw view.malformed(STRUCTURE, 0x0c, "page size " + view.u32(0x0c, STRUCTURE), SIZE + "");
    }
    if (fileSize != file.size()) {
      throw view.malformed(
          "file",
          Math.min(Math.max(fileSize, 0), file.size()),
          "%d bytes".formatted(file.size()),
          "%d bytes, as page one says".formatted(fileSize));
    }
    if (tailOffset < SIZE
        || tailSize < 0
        || tailOffset > fileSize
        || tailSize != fileSize - tailOffset) {
      throw view.malformed(
          STRUCTURE, 0x18, "a tail block at 0x%x".formatted(tailOffset), "one that ends the file");
    }
  }

  boolean isPublishedFast() {
    return (flags & PUBLISHED_FAST) != 0;
  }

  /** A wrong first byte makes another file of it, unless the checksum says what it was before. */
  private static void rejectMagic(byte[] page, int stored, String name) {
    byte[] mended = page.clone();
    System.arraycopy(MAGIC, 0, mended, 0, MAGIC.length);
    if (Bytes.crc(mended, 0, CRC) == stored) {
      int at = Arrays.mismatch(page, mended);
      throw new MalformedImageException(
          name, "magic", at, "0x%02x".formatted(page[at]), "0x%02x".formatted(MAGIC[at]));
    }
    throw new UnsupportedFormatException(name, "a file that is no data file");
  }
}
