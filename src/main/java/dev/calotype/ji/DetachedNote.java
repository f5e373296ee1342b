package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The note in a detached code object: which data it belongs to and what it looked like when it was
 * written. Its bytes are in docs/data-file-format.md, "Code note".
 *
 * @param sealed whether {@code digest} was filled in
 * @param fileSize the size of the whole code object
 * @param appendixOffset where the appendix starts: chunk digests, and what joining needs
 * @param appendixSize the size of the appendix, which ends with the trailer at the end of the file
 * @param dataId the data it belongs to
 * @param digest the SHA-256 of the appendix, in hex
 * @param target the id of the target the code was made for
 */
public record DetachedNote(
    boolean sealed,
    long fileSize,
    long appendixOffset,
    long appendixSize,
    DataId dataId,
    String digest,
    String target)
    implements CodeNote {

  /** The size of the whole note: 12 bytes of header, 4 of owner, 256 of descriptor. */
  public static final int SIZE = 272;

  private static final int DESCRIPTOR = 16;
  private static final int DESCRIPTOR_SIZE = SIZE - DESCRIPTOR;
  private static final int SEALED = 1;
  private static final int TARGET = DESCRIPTOR + 104;
  private static final int TARGET_SIZE = 64;
  private static final int CRC = SIZE - 4;
  private static final String STRUCTURE = "code note";

  @Override
  public Shape shape() {
    return Shape.DETACHED;
  }

  byte[] encode() {
    byte[] text = target.getBytes(StandardCharsets.UTF_8);
    if (text.length > TARGET_SIZE) {
      throw new IllegalArgumentException("a target id of %d bytes".formatted(text.length));
    }
    ByteWriter note = new ByteWriter(SIZE);
    note.u32(OWNER.length() + 1)
        .u32(DESCRIPTOR_SIZE)
        .u32(TYPE)
        .bytes((OWNER + "\0").getBytes(StandardCharsets.US_ASCII))
        .u16(MAJOR)
        .u16(0)
        .u32(shape().number())
        .u32(sealed ? SEALED : 0)
        .u32(0)
        .u64(fileSize)
        .u64(appendixOffset)
        .u64(appendixSize)
        .bytes(dataId.bytes())
        .bytes(HexFormat.of().parseHex(digest));
    note.at(TARGET).bytes(text);
    note.at(CRC).u32(Bytes.crc(note.array(), 0, CRC));
    return note.array();
  }

  /**
   * Reads the bytes of a note.
   *
   * @param note the note, in private memory
   * @param offset where the note starts in the file, for errors
   * @throws MalformedImageException if they are damaged
   * @throws UnsupportedFormatException if they are of another version
   */
  static DetachedNote decode(MemorySegment note, long offset, String file) {
    byte[] bytes = note.toArray(ValueLayout.JAVA_BYTE);
    ByteView view = new ByteView(note, file);
    if (bytes.length != SIZE || (int) view.u32(CRC, STRUCTURE) != Bytes.crc(bytes, 0, CRC)) {
      throw view.malformed(
          STRUCTURE,
          offset,
          "bytes that do not match their checksum",
          "the bytes that were written");
    }
    int major = view.u16(DESCRIPTOR, STRUCTURE);
    if (major != MAJOR) {
      throw otherVersion(file, major);
    }
    return new DetachedNote(
        (view.u32(DESCRIPTOR + 8, STRUCTURE) & SEALED) != 0,
        view.u64(DESCRIPTOR + 16, STRUCTURE),
        view.u64(DESCRIPTOR + 24, STRUCTURE),
        view.u64(DESCRIPTOR + 32, STRUCTURE),
        DataId.of(Arrays.copyOfRange(bytes, DESCRIPTOR + 40, DESCRIPTOR + 72)),
        PageOne.hex(Arrays.copyOfRange(bytes, DESCRIPTOR + 72, DESCRIPTOR + 72 + Sha256.SIZE)),
        view.string(TARGET, TARGET + TARGET_SIZE, STRUCTURE));
  }

  /** The error for a note of another major version. */
  static UnsupportedFormatException otherVersion(String file, int major) {
    return new UnsupportedFormatException(
        file,
        "a code note of format %d (this reads %d)".formatted(major, MAJOR),
        major > MAJOR
            ? UnsupportedFormatException.Kind.TOO_NEW
            : UnsupportedFormatException.Kind.TOO_OLD);
  }
}
