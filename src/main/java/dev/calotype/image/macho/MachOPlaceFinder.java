package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Endian;
import dev.calotype.bytes.Name;
import dev.calotype.image.PlaceFinder;
import dev.calotype.image.PlaceFinder.Place;
import dev.calotype.image.PlaceFinder.Wanted;
import dev.calotype.image.elf.ElfNoteFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The way to a section of a Mach-O image: its load commands. See {@link PlaceFinder}. */
public final class MachOPlaceFinder {
  private MachOPlaceFinder() {}

  /**
   * See {@link PlaceFinder#section}.
   *
   * @param start the file's first bytes, at least its header
   */
  public static Optional<Place> find(OpenFile file, MemorySegment start, Wanted wanted)
      throws IOException {
    String name = file.path().toString();
    boolean wide = MachOTraverser.isWide(start, name);
    boolean little = MachOTraverser.isLittle(start);
    ByteView headers =
        ElfNoteFinder.read(
            file, 0, (wide ? 32 : 28) + Endian.u32(start, 20, little), "load commands");
    MemorySegment bytes = headers.bytes();
    long header =
        MachOTraverser.section(
            bytes, name, new Name(wanted.machoSection()), new Name(wanted.machoSegment()));
    if (header == MachOTraverser.ABSENT) {
      return Optional.empty();
    }
    return Optional.of(
        Place.in(
            file,
            "section " + wanted.machoSegment() + "," + wanted.machoSection(),
            Endian.u32(bytes, header + (wide ? 48 : 40), little),
            Endian.word(bytes, header + (wide ? 40 : 36), wide, little)));
  }
}
