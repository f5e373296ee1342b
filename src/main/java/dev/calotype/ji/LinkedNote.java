package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

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
 */
public record LinkedNote(
    Shape shape,
    boolean sealed,
    long fileSize,
    long pageSize,
    DataId dataId,
    String digest,
    Origin origin)
    implements CodeNote {

  /** Notes are small; a file that claims a larger one is not believed. */
  static final int MOST_BYTES = 1 << 16;

  static final int DESCRIPTOR = 16;
  static final int FLAGS = DESCRIPTOR + 8;
  static final int FILE_SIZE = DESCRIPTOR + 16;
  static final int DIGEST = DESCRIPTOR + 64;
  static final int CRC = DESCRIPTOR + 100;

  private static final int FACTS = DESCRIPTOR + 104;
  private static final int SEALED = 1;
  private static final String UNSEALED_DIGEST = "00".repeat(Sha256.SIZE);
  private static final String STRUCTURE = "code note";

  private static final int MODULE = 1;
  private static final int COMPILER = 2;
  private static final int TARGET = 3;
  private static final int FEATURE = 4;
  private static final int OPTION = 5;

  /** Checks what a note can hold. */
  public LinkedNote {
    if (shape == Shape.DETACHED || Long.bitCount(pageSize) > 1 || pageSize < 0) {
      throw new IllegalArgumentException("%s, pages of %d bytes".formatted(shape, pageSize));
    }
  }

  /**
   * A note for code that is still to be linked.
   *
   * @throws IllegalArgumentException if {@code shape} is none of linked code, or {@code pageSize}
   *     no power of two
   */
  public static LinkedNote unsealed(Shape shape, long pageSize, DataId dataId, Origin origin) {
    return new LinkedNote(shape, false, 0, pageSize, dataId, UNSEALED_DIGEST, origin);
  }

  /** The same for code made for that target. */
  public LinkedNote withTarget(String id) {
    return new LinkedNote(shape, sealed, fileSize, pageSize, dataId, digest, origin.withTarget(id));
  }

  /** The same for a file of that size and digest. */
  LinkedNote seal(long size, String code) {
    return new LinkedNote(shape, true, size, pageSize, dataId, code, origin);
  }

  /** The bytes of a note, sealed. What a later minor version put into it stays. */
  static byte[] seal(MemorySegment note, long size, String code) {
    byte[] bytes = note.toArray(ValueLayout.JAVA_BYTE);
    ByteWriter sealed = new ByteWriter(bytes);
    sealed.at(FLAGS).u32(SEALED);
    sealed.at(FILE_SIZE).u64(size);
    sealed.at(DIGEST).bytes(HexFormat.of().parseHex(code));
    sealed.at(CRC).u32(checksum(bytes));
    return bytes;
  }

  @Override
  public String target() {
    return origin.target();
  }

  /**
   * The note's bytes: header, owner and descriptor, a multiple of 8.
   *
   * @param order the byte order of the file it is put into; that of the header alone
   * @throws IllegalArgumentException if the note would be larger than a reader accepts
   */
  public byte[] encode(ByteOrder order) {
    ByteArrayOutputStream facts = new ByteArrayOutputStream();
    fact(facts, MODULE, 0, origin.module(), "");
    fact(facts, COMPILER, 0, origin.compiler(), "");
    fact(facts, TARGET, 0, origin.target(), "");
    origin.features().forEach(feature -> fact(facts, FEATURE, 0, feature, ""));
    origin
        .options()
        .forEach((name, option) ->
            fact(facts, OPTION, option.comparison().number(), name, option.value()));
    int size = (FACTS + facts.size() + 7) & -8;
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
        .u32(facts.size())
        .u64(fileSize)
        .u64(pageSize)
        .bytes(dataId.bytes())
        .bytes(HexFormat.of().parseHex(digest))
        .u32(0);
    note.at(FACTS).bytes(facts.toByteArray());
    note.at(CRC).u32(checksum(note.array()));
    return note.array();
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
    if (bytes.length < FACTS || (int) view.u32(CRC, STRUCTURE) != checksum(bytes)) {
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
    return new LinkedNote(
        Shape.of(view.u32(DESCRIPTOR + 4, STRUCTURE), view, offset + DESCRIPTOR + 4),
        flags == SEALED,
        view.u64(FILE_SIZE, STRUCTURE),
        pageSize,
        DataId.of(Arrays.copyOfRange(bytes, DESCRIPTOR + 32, DESCRIPTOR + 64)),
        PageOne.hex(Arrays.copyOfRange(bytes, DIGEST, DIGEST + Sha256.SIZE)),
        origin(view, offset));
  }

  private static Origin origin(ByteView view, long offset) {
    Origin.Draft origin = new Origin.Draft();
    long at = FACTS;
    long size = view.u32(DESCRIPTOR + 12, STRUCTURE);
    view.require(FACTS, size, STRUCTURE);
    while (at < FACTS + size) {
      int kind = view.u8(at, STRUCTURE);
      int comparison = view.u8(at + 1, STRUCTURE);
      int nameLength = view.u16(at + 2, STRUCTURE);
      long valueLength = view.u32(at + 4, STRUCTURE);
      String name = text(view, at + 8, nameLength);
      String value = text(view, at + 8 + nameLength, valueLength);
      if ((kind == FEATURE || kind == OPTION) && (name.isEmpty() || name.indexOf('\0') >= 0)) {
        throw view.malformed(STRUCTURE, offset + at, "a fact without a name", "a name");
      }
      switch (kind) {
        case MODULE -> origin.module = name;
        case COMPILER -> origin.compiler = name;
        case TARGET -> origin.target = name;
        case FEATURE -> origin.features.add(name);
        case OPTION -> {
          Comparison how = Comparison.of(comparison, view, offset + at + 1, STRUCTURE);
          origin.options.put(name, new Origin.Option(value, how));
        }
        default -> {} // A later minor version's.
      }
      at += 8 + nameLength + valueLength;
    }
    return size == 0 ? Origin.none() : new Origin(origin);
  }

  private static String text(ByteView view, long at, long length) {
    MemorySegment text = view.slice(at, length, STRUCTURE);
    return new String(text.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** Kind (1), comparison (1), lengths (2 + 4), name, value. Nothing for an empty name. */
  private static void fact(
      ByteArrayOutputStream facts, int kind, int comparison, String name, String value) {
    byte[] first = name.getBytes(StandardCharsets.UTF_8);
    byte[] second = value.getBytes(StandardCharsets.UTF_8);
    if (first.length > 0xffff) {
      throw new IllegalArgumentException("a name of %d bytes".formatted(first.length));
    }
    if (first.length > 0) {
      ByteWriter fact = new ByteWriter(8);
      fact.u16(kind | comparison << 8).u16(first.length).u32(second.length);
      facts.writeBytes(fact.array());
      facts.writeBytes(first);
      facts.writeBytes(second);
    }
  }

  /** Of the descriptor, its own place taken as zero. Linkers may rewrite nothing in it. */
  private static int checksum(byte[] note) {
    byte[] descriptor = Arrays.copyOfRange(note, DESCRIPTOR, note.length);
    Arrays.fill(descriptor, CRC - DESCRIPTOR, CRC - DESCRIPTOR + 4, (byte) 0);
    return Bytes.crc(descriptor, 0, descriptor.length);
  }

  private static int number(int value, ByteOrder order) {
    return order == ByteOrder.LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
  }
}
