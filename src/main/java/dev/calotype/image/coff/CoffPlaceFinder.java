package dev.calotype.image.coff;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Name;
import dev.calotype.image.PlaceFinder;
import dev.calotype.image.PlaceFinder.Place;
import dev.calotype.image.PlaceFinder.Wanted;
import dev.calotype.image.elf.ElfNoteFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** The way to a section of a PE image: headers, section table. See {@link PlaceFinder}. */
public final class CoffPlaceFinder {
  private static final String TABLE = "section table";

  private CoffPlaceFinder() {}

  /**
   * See {@link PlaceFinder#section}.
   *
   * @param start the file's first bytes, its DOS header
   */
  public static Optional<Place> find(OpenFile file, MemorySegment start, Wanted wanted)
      throws IOException {
    long base = new ByteView(start, file.path().toString()).u32(60, "DOS header");
    ByteView signed = ElfNoteFinder.read(file, base, 4 + CoffHeader.SIZE, "PE header");
    if (signed.u32(0, "PE header") != 0x4550) { // PE and two NULs
      throw new UnsupportedFormatException(signed.file(), "a DOS program");
    }
    CoffHeader header = CoffHeader.read(signed, 4);
    Name name = new Name(wanted.coffSection());
    ByteView table =
        ElfNoteFinder.read(
            file,
            base + header.sectionTable(),
            header.sectionCount() * Coff.SECTION_HEADER_SIZE,
            TABLE);
    for (long at = 0; at < table.size(); at += Coff.SECTION_HEADER_SIZE) {
      if (name.isFieldAt(table.bytes(), at, 8)) {
        long offset = table.u32(at + 20, TABLE);
        long size = table.u32(at + 16, TABLE);
        return Optional.of(Place.in(file, "section " + wanted.coffSection(), offset, size));
      }
    }
    return Optional.empty();
  }
}
