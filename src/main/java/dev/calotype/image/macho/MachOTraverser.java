package dev.calotype.image.macho;

import static dev.calotype.bytes.Endian.u32;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import dev.calotype.bytes.Name;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The shortest way from a Mach-O file's first byte to a named part ({@code mach-o/loader.h}: {@code
 * mach_header}, {@code load_command}, {@code segment_command}, {@code section}). Makes no object;
 * {@code calotype.h} is the same walk in C.
 */
public final class MachOTraverser {
  /** There is no such part. */
  public static final long ABSENT = -1;

  private MachOTraverser() {}

  /**
   * The offset of the header of the first section called {@code name}, or {@link #ABSENT}.
   *
   * @param macho a whole file that starts with a Mach-O magic
   * @param name {@code __text} for example
   * @param segment the segment that it is in, {@code __TEXT} for example; null for any
   * @throws MalformedImageException if a load command on the way is damaged
   */
  public static long section(MemorySegment macho, String file, Name name, @Nullable Name segment) {
    boolean wide = isWide(macho, file);
    boolean little = isLittle(macho);
    long at = wide ? 32 : 28;
    long end = end(macho, file, at, little);
    for (long left = u32(macho, 16, little); left > 0; left--) { // ncmds
      long size = size(macho, file, at, end, little);
      if (u32(macho, at, little) == (wide ? MachO.LC_SEGMENT_64 : MachO.LC_SEGMENT)) {
        long header = at + (wide ? 72 : 56);
        int entry = wide ? 80 : 68;
        requireCount(macho, file, at, header, at + size, entry, little);
        for (long i = u32(macho, header - 8, little); i > 0; i--, header += entry) { // nsects
          if (name.isFieldAt(macho, header, 16)
              && (segment == null || segment.isFieldAt(macho, header + 16, 16))) {
            return header;
          }
        }
      }
      at += size;
    }
    return ABSENT;
  }

  /**
   * The offset of the command of the first segment called {@code name}, or {@link #ABSENT}.
   *
   * @throws MalformedImageException if a load command on the way is damaged
   */
  public static long segment(MemorySegment macho, String file, Name name) {
    boolean wide = isWide(macho, file);
    boolean little = isLittle(macho);
    long at = wide ? 32 : 28;
    long end = end(macho, file, at, little);
    for (long left = u32(macho, 16, little); left > 0; left--) {
      long size = size(macho, file, at, end, little);
      if (u32(macho, at, little) == (wide ? MachO.LC_SEGMENT_64 : MachO.LC_SEGMENT)) {
        requireCount(macho, file, at, at + (wide ? 72 : 56), at + size, wide ? 80 : 68, little);
        if (name.isFieldAt(macho, at + 8, 16)) {
          return at;
        }
      }
      at += size;
    }
    return ABSENT;
  }

  /**
   * The offset of the first load command of that type, or {@link #ABSENT}.
   *
   * @param type {@code cmd}
   * @throws MalformedImageException if a load command on the way is damaged
   */
  public static long command(MemorySegment macho, String file, long type) {
    boolean little = isLittle(macho);
    long at = isWide(macho, file) ? 32 : 28;
    long end = end(macho, file, at, little);
    for (long left = u32(macho, 16, little); left > 0; left--) {
      long size = size(macho, file, at, end, little);
      if (u32(macho, at, little) == type) {
        return at;
      }
      at += size;
    }
    return ABSENT;
  }

  /** Whether the file's numbers are little-endian, by its magic. */
  public static boolean isLittle(MemorySegment macho) {
    return (int) u32(macho, 0, true) >>> 8 == MachO.MH_MAGIC >>> 8;
  }

  /** Whether the file is a 64-bit one, by its magic; checks that it has a whole header. */
  public static boolean isWide(MemorySegment macho, String file) {
    boolean wide = (int) u32(macho, 0, isLittle(macho)) == MachO.MH_MAGIC_64;
    require(macho, file, "Mach-O header", 0, wide ? 32 : 28);
    return wide;
  }

  /** Where the load commands end. */
  private static long end(MemorySegment macho, String file, long start, boolean little) {
    long size = u32(macho, 20, little); // sizeofcmds
    require(macho, file, "load commands", start, size);
    return start + size;
  }

  /** The size of the command at {@code at}, which lies before {@code end} then. */
  private static long size(MemorySegment macho, String file, long at, long end, boolean little) {
    long size = end - at < 8 ? 0 : u32(macho, at + 4, little); // cmdsize
    if (size < 8 || size % 4 != 0 || size > end - at) {
      throw malformed(
          file,
          "load command",
          at,
          size + " bytes",
          "a multiple of 4 from 8 to %d".formatted(end - at));
    }
    return size;
  }

  private static void requireCount(
      MemorySegment macho, String file, long at, long header, long end, int entry, boolean little) {
    long count = header > end ? -1 : u32(macho, header - 8, little);
    if (count < 0 || count > (end - header) / entry) {
      throw malformed(
          file,
          "segment command",
          at,
          count < 0 ? "a shorter command" : count + " sections",
          "at most %d in %d bytes".formatted(Math.max(0, (end - header) / entry), end - at));
    }
  }

  private static void require(
      MemorySegment macho, String file, String structure, long offset, long size) {
    if (!Endian.contains(macho, offset, size)) {
      throw malformed(
          file,
          structure,
          offset,
          Long.toUnsignedString(size) + " bytes wanted",
          "an end within the file's %d bytes".formatted(macho.byteSize()));
    }
  }

  private static MalformedImageException malformed(
      String file, String structure, long offset, String actual, String expected) {
    return new MalformedImageException(file, structure, offset, actual, expected);
  }
}
