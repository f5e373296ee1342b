package dev.calotype.image.coff;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Endian;
import dev.calotype.image.Image;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Tells COFF objects, import objects and PE images from each other and from all other files. */
public final class CoffMagic {
  private static final String STRUCTURE = "object header";

  /** Class identifiers as they lie in the file, each as two little-endian numbers. */
  private static final long BIG_OBJECT_LOW = 0x4ba9baeed1baa1c7L;

  private static final long BIG_OBJECT_HIGH = 0xb8dca46af6fa20afL;
  private static final long LTCG_OBJECT_LOW = 0x4dabd9a50cb3fe38L;
  private static final long LTCG_OBJECT_HIGH = 0xc2532622b6d69bacL;

  private CoffMagic() {}

  /**
   * Reads the header if the bytes are of this family.
   *
   * @throws dev.calotype.MalformedImageException if they are, and cut or damaged
   * @throws UnsupportedFormatException if they are a relative that is not read here
   */
  public static Optional<Image> read(MemorySegment bytes, String name) {
    ByteView view = new ByteView(bytes.asReadOnly(), name);
    if (isImage(bytes)) {
      return Optional.of(new PeFile(view, PeHeader.read(view)));
    }
    if (isWithoutMachine(bytes)) {
      return Optional.of(withoutMachine(view));
    }
    return hasMachine(bytes)
        ? Optional.of(new CoffFile(view, CoffHeader.read(view, 0)))
        : Optional.empty();
  }

  /** Whether the file starts as images and DOS programs do, or ends in that. */
  public static boolean isImage(MemorySegment bytes) {
    long size = bytes.byteSize();
    return size > 0 && Endian.u8(bytes, 0) == 'M' && (size == 1 || Endian.u8(bytes, 1) == 'Z');
  }

  /** Whether the file is an object that {@link #read} reads; its tables may be damaged. */
  public static boolean isObject(MemorySegment bytes) {
    return isWithoutMachine(bytes) ? isImport(bytes) || isBig(bytes) : hasMachine(bytes);
  }

  /**
   * Whether the file starts with a machine and has the header of an object: one without an optional
   * header, where no text has zeros. Of a cut header there is only the machine to go by, so it must
   * not be two letters.
   */
  private static boolean hasMachine(MemorySegment bytes) {
    if (bytes.byteSize() < 2 || !Coff.isMachine(Endian.u16(bytes, 0, true))) {
      return false;
    }
    int second = Endian.u8(bytes, 1);
    return bytes.byteSize() < CoffHeader.SIZE
        ? second < ' ' || second > '~'
        : Endian.u16(bytes, 16, true) == 0;
  }

  /** Whether it starts with {@code IMAGE_FILE_MACHINE_UNKNOWN} and 0xffff, or ends in that. */
  private static boolean isWithoutMachine(MemorySegment bytes) {
    long size = bytes.byteSize();
    return size > 2
        && Endian.u16(bytes, 0, true) == 0
        && Endian.u8(bytes, 2) == 0xff
        && (size == 3 || Endian.u8(bytes, 3) == 0xff);
  }

  /** What follows them is a version, 0 only in import objects. */
  private static boolean isImport(MemorySegment bytes) {
    return bytes.byteSize() >= CoffHeader.SIZE && Endian.u16(bytes, 4, true) == 0;
  }

  private static boolean isBig(MemorySegment bytes) {
    return bytes.byteSize() >= CoffHeader.BIG_SIZE
        && Endian.u64(bytes, 12, true) == BIG_OBJECT_LOW
        && Endian.u64(bytes, 20, true) == BIG_OBJECT_HIGH;
  }

  private static Image withoutMachine(ByteView view) {
    int version = view.u16(4, STRUCTURE);
    if (version == 0) {
      return new CoffImportFile(view);
    }
    long low = version == 1 ? 0 : view.u64(12, STRUCTURE);
    long high = version == 1 ? 0 : view.u64(20, STRUCTURE);
    if (low == BIG_OBJECT_LOW && high == BIG_OBJECT_HIGH) {
      return new CoffFile(view, CoffHeader.readBig(view));
    }
    throw new UnsupportedFormatException(
        view.file(),
        low == LTCG_OBJECT_LOW && high == LTCG_OBJECT_HIGH
            ? "an MSVC object for link-time code generation"
            : "an anonymous object");
  }
}
