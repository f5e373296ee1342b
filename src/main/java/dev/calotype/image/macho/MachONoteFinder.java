package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Endian;
import dev.calotype.bytes.Name;
import dev.calotype.image.NoteFinder;
import dev.calotype.image.NoteFinder.Found;
import dev.calotype.image.NoteFinder.Wanted;
import dev.calotype.image.elf.ElfNoteFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Optional;

/** The way to a note in Mach-O: load commands, a section. See {@link NoteFinder}. */
public final class MachONoteFinder {
  private MachONoteFinder() {}

  /**
   * See {@link NoteFinder#find}.
   *
   * @param start the file's first bytes, at least its header
   */
  public static Optional<Found> find(OpenFile file, MemorySegment start, Wanted wanted)
      throws IOException {
    String name = file.path().toString();
    boolean wide = MachOTraverser.isWide(start, name);
    boolean little = MachOTraverser.isLittle(start);
    ByteView headers =
        ElfNoteFinder.read(
            file, 0, (wide ? 32 : 28) + Endian.u32(start, 20, little), "load commands");
    MemorySegment bytes = headers.bytes();
    long header =
        MachOTraverser.section(bytes, name, new Name(wanted.machoSection()), new Name("__TEXT"));
    if (header == MachOTraverser.ABSENT) {
      return Optional.empty();
    }
    return ElfNoteFinder.findIn(
        file,
        little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN,
        Endian.u32(bytes, header + (wide ? 48 : 40), little),
        Endian.word(bytes, header + (wide ? 40 : 36), wide, little),
        wanted);
  }
}
