package dev.calotype.image;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.image.archive.ArchiveFile;
import dev.calotype.image.coff.CoffMagic;
import dev.calotype.image.elf.ElfFile;
import dev.calotype.image.macho.FatFile;
import dev.calotype.image.macho.MachOFile;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.BiFunction;

/** Tells formats apart by their first bytes. */
final class Magic {
  private static final String STRUCTURE = "file";

  /** How deep containers may lie in each other: a fat file of archives of objects is 2 deep. */
  private static final int MOST_NESTING = 3;

  private Magic() {}

  /**
   * Reads the header of whatever the bytes are.
   *
   * @param depth in how many containers they lie
   */
  static Binary read(MemorySegment bytes, String name, int depth) {
    ByteView view = new ByteView(bytes.asReadOnly(), name);
    if (view.size() == 0) {
      throw new MalformedImageException(name, STRUCTURE, 0, "no bytes", "a native image");
    }
    if (depth > MOST_NESTING) {
      throw new UnsupportedFormatException(
          name, "a file more than %d containers deep".formatted(MOST_NESTING));
    }
    // Short files are told by what there is of a magic: a cut ELF file is a damaged ELF file.
    long first = firstBytes(view);
    if (startsWith(view, first, 0x7f454c46_00000000L, 4)) {
      return ElfFile.of(view.bytes(), name);
    }
    if (startsWith(view, first, 0xfeedface_00000000L, 4)
        || startsWith(view, first, 0xfeedfacf_00000000L, 4)
        || startsWith(view, first, 0xcefaedfe_00000000L, 4)
        || startsWith(view, first, 0xcffaedfe_00000000L, 4)) {
      return MachOFile.of(view.bytes(), name);
    }
    BiFunction<MemorySegment, String, Binary> inner =
        (member, file) -> read(member, file, depth + 1);
    if (startsWith(view, first, 0xcafebabe_00000000L, 4)
        || startsWith(view, first, 0xcafebabf_00000000L, 4)) {
      return FatFile.of(view.bytes(), name, inner);
    }
    if (startsWith(view, first, 0x213c617263683e0aL, 8)
        || startsWith(view, first, 0x213c7468696e3e0aL, 8)) {
      return ArchiveFile.of(view.bytes(), name, inner);
    }
    // An object has no magic but its machine, so what looks like one is tried last.
    Optional<Image> coff = CoffMagic.read(view.bytes(), name);
    if (coff.isPresent()) {
      return coff.get();
    }
    throw new UnsupportedFormatException(name, describe(first));
  }

  /** The first eight bytes as a big-endian number; what is not there counts as zero. */
  private static long firstBytes(ByteView view) {
    long first = 0;
    for (int i = 0; i < 8; i++) {
      first = first << 8 | (i < view.size() ? view.u8(i, STRUCTURE) : 0);
    }
    return first;
  }

  /**
   * Whether the file starts with the first {@code length} bytes of {@code magic}, or ends in it.
   */
  private static boolean startsWith(ByteView view, long first, long magic, int length) {
    int shift = 64 - 8 * (int) Math.min(length, view.size());
    return first >>> shift == magic >>> shift;
  }

  private static String describe(long first) {
    if (first == 0x3c62696761663e0aL || first == 0x3c61696166663e0aL) {
      return "an AIX archive";
    }
    int magic = (int) (first >>> 32);
    return switch (magic) {
      case 0x0061736d -> "a WebAssembly module";
      case 0x4243c0de, 0xdec0170b -> "LLVM bitcode";
      default ->
          switch (magic >>> 16) {
            case 0x01df -> "a 32-bit XCOFF file";
            case 0x01f7 -> "a 64-bit XCOFF file";
            default -> "a file that is no known native image";
          };
    };
  }
}
