package dev.calotype.image.coff;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Endian;
import dev.calotype.image.PeImage.DataDirectory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The headers of an image (PE/COFF, "MS-DOS Stub", "Signature", "Optional Header").
 *
 * @param coff the COFF file header
 * @param optional where the optional header starts in the file
 * @param isWide whether it is PE32+
 */
record PeHeader(CoffHeader coff, long optional, boolean isWide) {
  private static final String DOS = "DOS header";
  private static final String OPTIONAL = "optional header";
  private static final int DOS_SIZE = 64;
  private static final int PE32 = 0x10b;
  private static final int PE32_PLUS = 0x20b;
  private static final int ROM = 0x107;

  /** The data directories by their position. */
  static final int EXPORTS = 0;

  static final int IMPORTS = 1;
  static final int BASE_RELOCATIONS = 5;
  static final int DEBUG = 6;
  static final int DELAY_IMPORTS = 13;

  private static final List<String> DIRECTORIES =
      List.of(
          "Export Table",
          "Import Table",
          "Resource Table",
          "Exception Table",
          "Certificate Table",
          "Base Relocation Table",
          "Debug",
          "Architecture",
          "Global Ptr",
          "TLS Table",
          "Load Config Table",
          "Bound Import",
          "IAT",
          "Delay Import Descriptor",
          "CLR Runtime Header",
          "Reserved");

  /** Reads the headers of a file that starts with {@code MZ}. */
  static PeHeader read(ByteView view) {
    view.require(0, DOS_SIZE, DOS);
    long signature = view.u32(60, DOS);
    requireSignature(view.bytes(), view.file(), signature);
    long start = signature + 4;
    CoffHeader coff = CoffHeader.read(view, start);
    long optional = start + CoffHeader.SIZE;
    long size = coff.sectionTable() - optional;
    int magic = view.u16(optional, OPTIONAL);
    if (magic == ROM) {
      throw new UnsupportedFormatException(view.file(), "a ROM image");
    }
    if (magic != PE32 && magic != PE32_PLUS) {
      throw view.malformed(
          OPTIONAL, optional, "magic 0x%x".formatted(magic), "0x10b (PE32) or 0x20b (PE32+)");
    }
    PeHeader header = new PeHeader(coff, optional, magic == PE32_PLUS);
    if (size < header.fixedSize()) {
      throw view.malformed(OPTIONAL, start + 16, size + " bytes", "at least " + header.fixedSize());
    }
    view.require(optional, size, OPTIONAL);
    return header;
  }

  /** Throws unless the file's DOS header, which is whole, is that of an image. */
  static void requireSignature(MemorySegment image, String file, long signature) {
    if (!Endian.contains(image, signature, 4) || Endian.u32(image, signature, true) != 0x4550) {
      throw without(new ByteView(image, file), signature);
    }
  }

  /** What a file without a PE signature is: a cut image, or a program for something older. */
  private static RuntimeException without(ByteView view, long signature) {
    // e_lfarlc: programs that know of a second header have their relocations after the first.
    boolean isOld = view.u16(24, DOS) < DOS_SIZE;
    int kind = view.contains(signature, 2) ? view.u16(signature, DOS) : 0;
    String name =
        switch (kind) {
          case 0x454e -> "a 16-bit Windows or OS/2 program (NE)";
          case 0x454c -> "a Windows driver or OS/2 program (LE)";
          case 0x584c -> "an OS/2 program (LX)";
          default -> "a DOS program";
        };
    boolean isPe = kind == 0x4550;
    boolean isCut = !isOld && !view.contains(signature, 4);
    return isPe || isCut
        ? view.malformed("signature", signature, "no PE signature", "PE and two NULs")
        : new UnsupportedFormatException(view.file(), name);
  }

  /** The size of what comes before the data directories. */
  private int fixedSize() {
    return at(96, 112);
  }

  /** {@code in32} or {@code in64}, by the kind of the optional header. */
  int at(int in32, int in64) {
    return isWide ? in64 : in32;
  }

  /** A 16-bit field of the optional header. */
  int u16(ByteView view, int field) {
    return view.u16(optional + field, OPTIONAL);
  }

  /** A 32-bit field of the optional header. */
  long u32(ByteView view, int field) {
    return view.u32(optional + field, OPTIONAL);
  }

  long imageBase(ByteView view) {
    return isWide ? view.u64(optional + 24, OPTIONAL) : view.u32(optional + 28, OPTIONAL);
  }

  /** The directories the file has, at most those with a name; loaders ignore what follows. */
  List<DataDirectory> directories(ByteView view) {
    long count = Math.min(u32(view, fixedSize() - 4), DIRECTORIES.size());
    long first = optional + fixedSize();
    if (count * 8 > coff.sectionTable() - first) {
      throw view.malformed(
          OPTIONAL,
          first - 4,
          count + " data directories",
          "at most %d before the section table".formatted((coff.sectionTable() - first) / 8));
    }
    List<DataDirectory> directories = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      directories.add(
          new DataDirectory(
              DIRECTORIES.get(i),
              view.u32(first + 8L * i, OPTIONAL),
              view.u32(first + 8L * i + 4, OPTIONAL)));
    }
    return directories;
  }

  /** The directory at a position; an empty one if the file does not have it. */
  DataDirectory directory(ByteView view, int index) {
    List<DataDirectory> directories = directories(view);
    return index < directories.size()
        ? directories.get(index)
        : new DataDirectory(DIRECTORIES.get(index), 0, 0);
  }
}
