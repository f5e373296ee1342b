package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The note in code that a linker put together. Linking changes code, so the note is written
 * unsealed and {@link Seal} fills in size and digest in the finished file. Its bytes are in
 * docs/code-note.md.
 *
 * @param shape how the code finds its data; not {@link Shape#DETACHED}
 * @param sealed whether {@code fileSize} and {@code digest} were filled in
 * @param fileSize the size of the file when it was sealed, 0 if it was not
 * @param pageSize the largest page size of a host that the code was laid out for, a power of two; 0
 *     if any will do
 * @param dataId the data it belongs to
 * @param digest the SHA-256 of the file when it was sealed, in hex; see {@link Seal} for what is
 *     left out
 * @param origin by whom the code was made, for what and how: compiler, target, needed CPU features
 *     and options; nothing else of an origin is kept
 * @param linkage the cells, holes and functions, with their addresses where the note is one of a
 *     {@link CodeObject} that was linked
 */
public record LinkedNote(
    Shape shape,
    boolean sealed,
    long fileSize,
    long pageSize,
    DataId dataId,
    String digest,
    Origin origin,
    Linkage linkage)
    implements CodeNote {

  /** Notes are small; a file that claims a larger one is not believed. */
  static final int MOST_BYTES = 1 << 20;

  static final int DESCRIPTOR = 16;
  static final int FLAGS = DESCRIPTOR + 8;
  static final int FILE_SIZE = DESCRIPTOR + 16;
  static final int DIGEST = DESCRIPTOR + 64;
  static final int CRC = DESCRIPTOR + 100;

  /** The size of a place. */
  static final int PLACE = 8;

  private static final int PLACES = DESCRIPTOR + 96;
  private static final int FACTS = DESCRIPTOR + 104;
  private static final int SEALED = 1;
  private static final String UNSEALED_DIGEST = "00".repeat(Sha256.SIZE);
  private static final String STRUCTURE = "code note";

  /** Checks what a note can hold. */
  public LinkedNote {
    if (shape == Shape.DETACHED || Long.bitCount(pageSize) > 1 || pageSize < 0) {
      throw new IllegalArgumentException("%s, pages of %d bytes".formatted(shape, pageSize));
    }
  }

  /**
   * A note for code that is still to be linked, and has nothing to be connected.
   *
   * @throws IllegalArgumentException if {@code shape} is none of linked code, or {@code pageSize}
   *     no power of two
   */
  public static LinkedNote unsealed(Shape shape, long pageSize, DataId dataId, Origin origin) {
    return new LinkedNote(
        shape, false, 0, pageSize, dataId, UNSEALED_DIGEST, origin, Linkage.none());
  }

  /** The same for code made for that target. */
  public LinkedNote withTarget(String id) {
    return new LinkedNote(
        shape, sealed, fileSize, pageSize, dataId, digest, origin.withTarget(id), linkage);
  }

  /** The same for code that has these cells, holes and functions. */
  public LinkedNote withLinkage(Linkage linkage) {
    return new LinkedNote(shape, sealed, fileSize, pageSize, dataId, digest, origin, linkage);
  }

  @Override
  public String target() {
    return origin.target();
  }

  /** The cells for data. */
  public List<SlotRun> slots() {
    return linkage.slots();
  }

  /** The cells for functions from elsewhere. */
  public List<ImportCell> imports() {
    return linkage.imports();
  }

  /** The ranges that data is mapped over. */
  public List<Hole> holes() {
    return linkage.holes();
  }

  /** The functions that the code offers. */
  public List<CodeFunction> functions() {
    return linkage.functions();
  }

  /**
   * The note's bytes: header, owner and descriptor, a multiple of 8.
   *
   * @param order the byte order of the file it is put into; that of header and places alone
   * @throws IllegalArgumentException if the note would be larger than a reader accepts
   */
  public byte[] encode(ByteOrder order) {
    byte[] facts = NoteFacts.encode(origin, linkage);
    List<Long> places = linkage.places();
    int size = ((FACTS + facts.length + 7) & -8) + places.size() * PLACE;
    if (size > MOST_BYTES) {
      throw new IllegalArgumentException("a code note of %d bytes".formatted(size));
    }
    ByteWriter note = new ByteWriter(size);
    note.u32(number(OWNER.length() + 1, order))
        .u32(number(size - DESCRIPTOR, order))
        .u32(number(TYPE, order))
        .bytes((OWNER + "\0").getBytes(StandardCharsets.US_ASCII))
        .u16(MAJOR)
        .u16(0)
        .u32(shape.number())
        .u32(sealed ? SEALED : 0)
        .u32(facts.length)
        .u64(fileSize)
        .u64(pageSize)
        .bytes(dataId.bytes())
        .bytes(HexFormat.of().parseHex(digest))
        .u32(places.size())
        .u32(0)
        .bytes(facts);
    ByteWriter end = new ByteWriter(note.array(), order).at(size - places.size() * PLACE);
    places.forEach(end::u64);
    note.at(CRC).u32(checksum(note.array()));
    return note.array();
  }

  /**
   * Where the places are in the bytes of {@link #encode}: offsets for the relocations by which the
   * linker tells where slots, imports and holes are, in this order. What each format needs there is
   * in docs/code-note.md, "Places".
   */
  public int[] placeOffsets() {
    int count = linkage.places().size();
    int first = (FACTS + NoteFacts.encode(origin, linkage).length + 7) & -8;
    return IntStream.range(0, count).map(i -> first + i * PLACE).toArray();
  }

  /**
   * Reads the bytes of a note. See {@link CodeNote#decode}.
   *
   * @throws MalformedImageException if they are damaged
   * @throws UnsupportedFormatException if they are of another version
   */
  static LinkedNote decode(MemorySegment note, long offset, String file) {
    byte[] bytes = note.toArray(ValueLayout.JAVA_BYTE);
    ByteView view = new ByteView(note, file);
    if (bytes.length < FACTS
        || bytes.length > MOST_BYTES
        || placesSize(bytes) > bytes.length - FACTS
        || (int) view.u32(CRC, STRUCTURE) != checksum(bytes)) {
      throw view.malformed(
          STRUCTURE,
          offset,
          "bytes that do not match their checksum",
          "the bytes that were written");
    }
    int major = view.u16(DESCRIPTOR, STRUCTURE);
    if (major != MAJOR) {
      throw DetachedNote.otherVersion(file, major);
    }
    long flags = view.u32(FLAGS, STRUCTURE);
    long pageSize = view.u64(DESCRIPTOR + 24, STRUCTURE);
    if (flags > SEALED || pageSize < 0 || Long.bitCount(pageSize) > 1) {
      throw view.malformed(
          STRUCTURE,
          offset,
          "flags 0x%x, pages of %d bytes".formatted(flags, pageSize),
          "flags this version knows and a power of two");
    }
    long end = FACTS + view.u32(DESCRIPTOR + 12, STRUCTURE);
    long places = bytes.length - placesSize(bytes);
    if (Bytes.roundUp(end, 8) != places) {
      throw view.malformed(
          STRUCTURE,
          offset,
          "facts up to 0x%x, places from 0x%x".formatted(end, places),
          "places right after the facts");
    }
    NoteFacts facts = NoteFacts.decode(view, FACTS, end, offset);
    Linkage linkage = facts.linkage(FACTS);
    List<Long> written = new ArrayList<>();
    for (long at = places; at < bytes.length; at += PLACE) {
      written.add(view.withOrder(order(bytes)).u64(at, STRUCTURE));
    }
    if (written.size() != linkage.places().size()) {
      throw view.malformed(
          STRUCTURE,
          offset + PLACES,
          "%d places".formatted(written.size()),
          "%d, for as many facts".formatted(linkage.places().size()));
    }
    return new LinkedNote(
        Shape.of(view.u32(DESCRIPTOR + 4, STRUCTURE), view, offset + DESCRIPTOR + 4),
        flags == SEALED,
        view.u64(FILE_SIZE, STRUCTURE),
        pageSize,
        DataId.of(Arrays.copyOfRange(bytes, DESCRIPTOR + 32, DESCRIPTOR + 64)),
        PageOne.hex(Arrays.copyOfRange(bytes, DIGEST, DIGEST + Sha256.SIZE)),
        facts.origin(),
        linkage.withPlaces(written));
  }

  /**
   * The bytes of a note with the seal of a file filled in; facts of a later minor version stay.
   *
   * @param note the bytes of a note that was read without complaint
   */
  static byte[] seal(byte[] note, long size, String code) {
    ByteWriter sealed = new ByteWriter(note.clone());
    sealed.at(FLAGS).u32(SEALED);
    sealed.at(FILE_SIZE).u64(size);
    sealed.at(DIGEST).bytes(HexFormat.of().parseHex(code));
    return sealed.at(CRC).u32(checksum(sealed.array())).array();
  }

  /** Of the descriptor, its own place taken as zero, and those that the linker is yet to fill. */
  private static int checksum(byte[] note) {
    byte[] descriptor = Arrays.copyOfRange(note, DESCRIPTOR, note.length);
    Arrays.fill(descriptor, CRC - DESCRIPTOR, CRC - DESCRIPTOR + 4, (byte) 0);
    if ((note[FLAGS] & SEALED) == 0) {
      int places = (int) (descriptor.length - placesSize(note));
      Arrays.fill(descriptor, places, descriptor.length, (byte) 0);
    }
    return Bytes.crc(descriptor, 0, descriptor.length);
  }

  private static long placesSize(byte[] note) {
    ByteView view = new ByteView(MemorySegment.ofArray(note), "");
    return view.u32(PLACES, STRUCTURE) * PLACE;
  }

  /** The byte order of the file, by the note's first field, the owner's length. */
  private static ByteOrder order(byte[] note) {
    return note[0] == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  private static int number(int value, ByteOrder order) {
    return order == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
  }
}
