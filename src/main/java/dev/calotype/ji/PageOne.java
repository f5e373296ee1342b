package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The first page of a data file: what decides validity without looking further. Its bytes are in
 * docs/data-file-format.md, "Page one". Immutable; compares digests in place, since a check that is
 * met needs none of them as an object.
 */
final class PageOne {
  static final int SIZE = 4096;
  static final int MAJOR = 1;
  static final int MINOR = 0;
  static final int PUBLISHED_FAST = 1;

  /** Where the digests are. */
  static final int ID = 0x30;

  static final int ROOT = 0x50;
  static final int MODULE = 0x70;
  static final int COMPILER = 0x90;
  static final int TARGET = 0xb0;
  static final int OPTIONS = 0xd0;
  static final int UPSTREAMS = 0xf0;
  static final int VARIABLES = 0x110;
  static final int INPUTS = 0x130;

  static final int FEATURES_SIZE = 0x150;
  private static final int FEATURES = 0x154;
  private static final int END = 0x800;

  /** The size of features that did not fit. */
  private static final int TOO_LONG = -1;

  private static final byte[] MAGIC = {(byte) 0x8f, 'C', 'J', 'I', '\r', '\n', 0x1a, '\n'};
  private static final int CRC = SIZE - 4;
  private static final String STRUCTURE = "page one";
  private static final VarHandle U16 = view(short[].class);
  private static final VarHandle U32 = view(int[].class);
  private static final VarHandle U64 = view(long[].class);

  private static final byte[] NONE = {};

  /** Memory for one page that nobody reads into just now; a new page costs as much as its CRC. */
  private static final AtomicReference<byte[]> SPARE = new AtomicReference<>(NONE);

  private final byte[] page;
  private final Optional<DataPlace> place;
  private final long base;

  private PageOne(byte[] page, Optional<DataPlace> place) {
    this.page = page;
    this.place = place;
    this.base = place.map(DataPlace::offset).orElse(0L);
  }

  /** The bytes of the page of a file that records this origin. */
  static byte[] encode(
      Origin origin,
      long fileSize,
      long tailOffset,
      int tablesSize,
      int flags,
      DataId id,
      byte[] root) {
    ByteWriter page = new ByteWriter(SIZE);
    page.bytes(MAGIC)
        .u16(MAJOR)
        .u16(MINOR)
        .u32(SIZE)
        .u64(fileSize)
        .u64(tailOffset)
        .u64(fileSize - tailOffset)
        .u32(flags)
        .u32(tablesSize)
        .bytes(id.bytes())
        .bytes(root);
    page.bytes(Group.digest(origin.module()))
        .bytes(Group.digest(origin.compiler()))
        .bytes(Group.digest(origin.target()))
        .bytes(Group.digest(origin.optionTexts()))
        .bytes(Group.digest(origin.upstreamTexts()))
        .bytes(Group.digest(origin.variableTexts()))
        .bytes(Group.digest(origin.inputs().keySet()));
    byte[] features = String.join("\0", origin.features()).getBytes(StandardCharsets.UTF_8);
    if (features.length <= END - FEATURES) {
      page.u32(features.length).bytes(features);
    } else {
      page.u32(TOO_LONG);
    }
    page.at(CRC).u32(Bytes.crc(page.array(), 0, CRC));
    return page.array();
  }

  static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  /**
   * Reads and checks the page at the start of a data file, or at the start of the one in a
   * container.
   *
   * @throws MalformedImageException if it is a data file's page, but damaged
   * @throws UnsupportedFormatException if the file is something else, or of another version
   */
  static PageOne read(OpenFile file) throws IOException {
    byte[] page = SPARE.getAndSet(NONE);
    if (page.length == 0) {
      page = new byte[SIZE];
    }
    int size = file.readAvailable(0, page, 0, SIZE);
    if (!hasMagic(page, size)) {
      Optional<DataPlace> place = DataPlace.find(file, page, size);
      if (place.isPresent()) {
        return at(place.get(), page, file);
      }
    }
    PageOne one = decode(page, size, Optional.empty(), file);
    one.checkFileSize(file);
    SPARE.set(page);
    return one;
  }

  /** The page where the container says that there is one: there, anything else is damage. */
  private static PageOne at(DataPlace place, byte[] page, OpenFile file) throws IOException {
    int size = file.readAvailable(place.offset(), page, 0, SIZE);
    if (!hasMagic(page, size)) {
      throw malformed(file, STRUCTURE, place.offset(), "no data file", "one, as the headers say");
    }
    PageOne one = decode(page, size, Optional.of(place), file);
    if (one.fileSize() > place.room() || (place.isExact() && one.fileSize() != place.room())) {
      throw malformed(
          file,
          STRUCTURE,
          place.offset() + 0x10,
          "a data file of %d bytes".formatted(one.fileSize()),
          "%d bytes, as the headers say".formatted(place.room()));
    }
    return one;
  }

  private static boolean hasMagic(byte[] page, int size) {
    return size >= MAGIC.length && Arrays.equals(page, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  private static PageOne decode(byte[] page, int size, Optional<DataPlace> place, OpenFile file) {
    long base = place.map(DataPlace::offset).orElse(0L);
    if (size < SIZE) {
      throw tooShort(page, size, base, file);
    }
    boolean magic = Arrays.equals(page, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    // Magic, versions and checksum are in one place in every version of the format. So a page whose
    // checksum is wrong is damaged, whatever its version field says.
    if (!magic || Bytes.crc(page, 0, CRC) != (int) U32.get(page, CRC)) {
      throw rejected(page, magic, base, file);
    }
    int major = Short.toUnsignedInt((short) U16.get(page, 8));
    if (major != MAJOR) {
      throw new UnsupportedFormatException(
          file.path().toString(),
          "a data file of format %d, too %s (this reads %d)"
              .formatted(major, major > MAJOR ? "new" : "old", MAJOR),
          major > MAJOR
              ? UnsupportedFormatException.Kind.TOO_NEW
              : UnsupportedFormatException.Kind.TOO_OLD);
    }
    PageOne one = new PageOne(Arrays.copyOf(page, END), place);
    one.checkPlaces(file);
    return one;
  }

  /** Where the data file starts in the file: 0 unless it is in a container. */
  long base() {
    return base;
  }

  long fileSize() {
    return (long) U64.get(page, 0x10);
  }

  /** What the container says that it is in; empty if it is in none. */
  Optional<DataPlace> place() {
    return place;
  }

  /** Where the tail block starts in the file; it ends the data file. */
  long tailOffset() {
    return base + (long) U64.get(page, 0x18);
  }

  long tailSize() {
    return (long) U64.get(page, 0x20);
  }

  int flags() {
    return (int) U32.get(page, 0x28);
  }

  boolean isPublishedFast() {
    return (flags() & PUBLISHED_FAST) != 0;
  }

  /** The size of what the root digest covers, the first part of the tail block; unsigned. */
  long tablesSize() {
    return Integer.toUnsignedLong((int) U32.get(page, 0x2c));
  }

  DataId id() {
    return DataId.of(digest(ID));
  }

  /** A digest of all of the page that is looked at. */
  byte[] digest() {
    return Sha256.of(page);
  }

  byte[] digest(int field) {
    return Arrays.copyOfRange(page, field, field + Sha256.SIZE);
  }

  /** Whether the digest at {@code field} is this one. */
  boolean has(int field, byte[] digest) {
    return Arrays.equals(page, field, field + Sha256.SIZE, digest, 0, Sha256.SIZE);
  }

  /** Whether this page is as one that records {@code features} would be. */
  boolean hasFeatures(Set<String> features) {
    byte[] text = String.join("\0", features).getBytes(StandardCharsets.UTF_8);
    boolean fits = text.length <= END - FEATURES;
    byte[] field = Arrays.copyOf(fits ? text : new byte[0], END - FEATURES);
    return (int) U32.get(page, FEATURES_SIZE) == (fits ? text.length : TOO_LONG)
        && Arrays.equals(page, FEATURES, END, field, 0, field.length);
  }

  /** Whether all needed features are among the offered; false if only the tail block can tell. */
  boolean needsOnly(Set<String> offered) {
    int size = (int) U32.get(page, FEATURES_SIZE);
    if (size < 0 || size > END - FEATURES) {
      return false;
    }
    int start = FEATURES;
    for (int at = FEATURES; at <= FEATURES + size; at++) {
      if (at == FEATURES + size || page[at] == 0) {
        if (at > start
            && !offered.contains(new String(page, start, at - start, StandardCharsets.UTF_8))) {
          return false;
        }
        start = at + 1;
      }
    }
    return true;
  }

  private void checkFileSize(OpenFile file) throws IOException {
    if (fileSize() != file.size() && fileSize() != file.currentSize()) {
      long size = file.currentSize();
      throw malformed(
          file,
          "file",
          Math.min(Math.max(fileSize(), 0), size),
          "%d bytes".formatted(size),
          "%d bytes, as page one says".formatted(fileSize()));
    }
  }

  private void checkPlaces(OpenFile file) {
    if ((int) U32.get(page, 0x0c) != SIZE) {
      throw malformed(file, STRUCTURE, base + 0x0c, "page size " + U32.get(page, 0x0c), SIZE + "");
    }
    long tail = (long) U64.get(page, 0x18);
    boolean placed =
        tail >= SIZE
            && tail <= fileSize()
            && tailSize() == fileSize() - tail
            && tablesSize() <= tailSize();
    if (!placed) {
      throw malformed(
          file,
          STRUCTURE,
          base + 0x18,
          "a tail block at 0x%x".formatted(tail),
          "one that ends the file");
    }
  }

  private static RuntimeException tooShort(byte[] page, int size, long base, OpenFile file) {
    int start = Math.min(size, MAGIC.length);
    return Arrays.equals(page, 0, start, MAGIC, 0, start)
        ? malformed(
            file,
            STRUCTURE,
            base + size,
            "the end of the file",
            "a page of %d bytes".formatted(SIZE))
        : noDataFile(file);
  }

  /** A wrong first byte makes another file of it, unless the checksum says what it was before. */
  private static RuntimeException rejected(byte[] page, boolean magic, long base, OpenFile file) {
    if (magic) {
      return malformed(
          file,
          STRUCTURE,
          base,
          "bytes that do not match their checksum",
          "the bytes that were written");
    }
    byte[] mended = page.clone();
    System.arraycopy(MAGIC, 0, mended, 0, MAGIC.length);
    if (Bytes.crc(mended, 0, CRC) != (int) U32.get(page, CRC)) {
      return noDataFile(file);
    }
    int at = Arrays.mismatch(page, mended);
    return malformed(
        file, "magic", base + at, "0x%02x".formatted(page[at]), "0x%02x".formatted(MAGIC[at]));
  }

  private static RuntimeException noDataFile(OpenFile file) {
    return new UnsupportedFormatException(file.path().toString(), "a file that is no data file");
  }

  private static MalformedImageException malformed(
      OpenFile file, String structure, long offset, String actual, String expected) {
    return new MalformedImageException(file.path().toString(), structure, offset, actual, expected);
  }

  private static VarHandle view(Class<?> array) {
    return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
  }
}
