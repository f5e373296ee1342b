package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import dev.calotype.image.NoteFinder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The note of an ELF file that carries a data file: where that is. Its bytes are in
 * docs/containers.md, "Data note".
 *
 * @param address the address of the data file's first byte, as in the program headers
 * @param size the data file's size in bytes
 * @param exports the digest of what is exported of it, in hex; zeros if nothing is recorded
 */
public record DataNote(long address, long size, String exports) {
  /** The size of the whole note: 12 bytes of header, 4 of owner, 64 of descriptor. */
  public static final int SIZE = 80;

  /** Where the note is in a file of the shape {@link Shape#NEEDED}. */
  public static final int OFFSET = 0x400;

  /** The digest where no exports are recorded. */
  public static final String NO_EXPORTS = "00".repeat(Sha256.SIZE);

  /** The note's type number. */
  static final int TYPE = 2;

  /** What leads to it. Other formats than ELF have no such note. */
  static final NoteFinder.Wanted WANTED = new NoteFinder.Wanted(CodeNote.OWNER, TYPE, "", "");

  private static final int DESCRIPTOR = 16;
  private static final int EXPORTS = DESCRIPTOR + 24;
  private static final int CRC = SIZE - 4;
  private static final String STRUCTURE = "data note";

  /**
   * A range that a container exports.
   *
   * @param name the symbol's name
   * @param offset where it starts in the data file
   * @param size how many bytes it has
   */
  public record Exported(String name, long offset, long size) {}

  /**
   * A note that records exports.
   *
   * @param exports what is exported, in any order
   */
  public static DataNote of(long address, long size, List<Exported> exports) {
    return new DataNote(address, size, digest(exports));
  }

  static String digest(List<Exported> exports) {
    List<byte[]> all = new ArrayList<>();
    for (Exported export : exports) {
      byte[] name = export.name.getBytes(StandardCharsets.UTF_8);
      ByteWriter entry = new ByteWriter(name.length + 17);
      entry.bytes(name).at(name.length + 1).u64(export.offset).u64(export.size);
      all.add(entry.array());
    }
    all.sort(Arrays::compareUnsigned);
    Sha256 digest = new Sha256();
    all.forEach(digest::add);
    return PageOne.hex(digest.finish());
  }

  /**
   * The note's bytes.
   *
   * @param order the byte order of the file it is put into; that of the header alone
   */
  public byte[] encode(ByteOrder order) {
    byte[] bytes = new byte[SIZE];
    header(bytes, order);
    ByteWriter note = new ByteWriter(bytes);
    note.at(DESCRIPTOR)
        .u16(CodeNote.MAJOR)
        .u16(0)
        .u32(0)
        .u64(address)
        .u64(size)
        .bytes(HexFormat.of().parseHex(exports));
    note.at(CRC).u32(Bytes.crc(bytes, DESCRIPTOR, CRC - DESCRIPTOR));
    return bytes;
  }

  /**
   * Reads the bytes of a note.
   *
   * @param note the note, in private memory
   * @param offset where the note starts in the file, for errors
   * @throws MalformedImageException if they are damaged
   * @throws UnsupportedFormatException if they are of another version
   */
  static DataNote decode(MemorySegment note, long offset, String file) {
    byte[] bytes = note.toArray(ValueLayout.JAVA_BYTE);
    ByteView view = new ByteView(note, file);
    if (bytes.length != SIZE
        || (int) view.u32(CRC, STRUCTURE) != Bytes.crc(bytes, DESCRIPTOR, CRC - DESCRIPTOR)) {
      throw view.malformed(
          STRUCTURE,
          offset,
          "bytes that do not match their checksum",
          "the bytes that were written");
    }
    int major = view.u16(DESCRIPTOR, STRUCTURE);
    if (major != CodeNote.MAJOR) {
      throw DetachedNote.otherVersion(file, major);
    }
    return new DataNote(
        view.u64(DESCRIPTOR + 8, STRUCTURE),
        view.u64(DESCRIPTOR + 16, STRUCTURE),
        PageOne.hex(Arrays.copyOfRange(bytes, EXPORTS, EXPORTS + Sha256.SIZE)));
  }

  /**
   * Whether the first bytes of a file have a note at {@link #OFFSET}, or what is left of one that
   * is damaged: its header or its descriptor is right.
   */
  static boolean isIn(byte[] start, int length) {
    if (length < OFFSET + SIZE) {
      return false;
    }
    byte[] note = Arrays.copyOfRange(start, OFFSET, OFFSET + SIZE);
    byte[] header = new byte[DESCRIPTOR];
    byte[] found = Arrays.copyOf(note, DESCRIPTOR);
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      header(header, order);
      if (Arrays.equals(found, header)) {
        return true;
      }
    }
    ByteView view = new ByteView(MemorySegment.ofArray(note), STRUCTURE);
    return view.u64(DESCRIPTOR + 16, STRUCTURE) > 0
        && (int) view.u32(CRC, STRUCTURE) == Bytes.crc(note, DESCRIPTOR, CRC - DESCRIPTOR);
  }

  private static void header(byte[] note, ByteOrder order) {
    new ByteWriter(note, order)
        .u32(CodeNote.OWNER.length() + 1)
        .u32(SIZE - DESCRIPTOR)
        .u32(TYPE)
        .bytes((CodeNote.OWNER + "\0").getBytes(StandardCharsets.US_ASCII));
  }
}
