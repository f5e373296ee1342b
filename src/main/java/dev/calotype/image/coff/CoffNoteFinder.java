package dev.calotype.image.coff;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Name;
import dev.calotype.image.Format;
import dev.calotype.image.LoadedRange;
import dev.calotype.image.NoteFinder;
import dev.calotype.image.NoteFinder.Found;
import dev.calotype.image.NoteFinder.Wanted;
import dev.calotype.image.elf.ElfNoteFinder;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The way to a note in COFF and PE: headers, section table, a section. See {@link NoteFinder}. */
public final class CoffNoteFinder {
  private CoffNoteFinder() {}

  /**
   * See {@link NoteFinder#find}.
   *
   * @param start the file's first bytes, more than its DOS header
   */
  public static Optional<Found> find(OpenFile file, MemorySegment start, Wanted wanted)
      throws IOException {
    ByteView view = new ByteView(start, file.path().toString());
    boolean isImage = CoffMagic.isImage(start);
    long base = isImage ? view.u32(60, "DOS header") : 0;
    CoffHeader header;
    if (isImage) {
      ByteView signed = ElfNoteFinder.read(file, base, 4 + CoffHeader.SIZE, "PE header");
      if (signed.u32(0, "PE header") != 0x4550) { // PE and two NULs
        throw new UnsupportedFormatException(view.file(), "a DOS program");
      }
      header = CoffHeader.read(signed, 4);
    } else if (view.u16(0, "COFF header") != 0) {
      header = CoffHeader.read(view, 0);
    } else if (view.u16(4, "COFF header") == 0) {
      return Optional.empty(); // An import object has no sections.
    } else {
      header = CoffHeader.readBig(view);
    }
    Name name = new Name(wanted.coffSection());
    ByteView table =
        ElfNoteFinder.read(
            file,
            base + header.sectionTable(),
            header.sectionCount() * Coff.SECTION_HEADER_SIZE,
            "section table");
    for (long at = 0; at < table.size(); at += Coff.SECTION_HEADER_SIZE) {
      if (name.isFieldAt(table.bytes(), at, 8)) {
        long virtual = table.u32(at + 8, "section table");
        long raw = table.u32(at + 16, "section table");
        long pointer = table.u32(at + 20, "section table");
        Optional<Found> found =
            ElfNoteFinder.findIn(
                file,
                isImage ? Format.PE : Format.COFF,
                ByteOrder.LITTLE_ENDIAN,
                pointer,
                // An image pads its sections in the file; what was linked is its size in memory.
                isImage && virtual != 0 ? Math.min(virtual, raw) : raw,
                4,
                wanted);
        long delta = table.u32(at + 12, "section table") - pointer;
        return isImage ? found.map(note -> note.inImage(delta, loaded(table))) : found;
      }
    }
    return Optional.empty();
  }

  private static List<LoadedRange> loaded(ByteView table) {
    List<LoadedRange> loaded = new ArrayList<>();
    for (long at = 0; at < table.size(); at += Coff.SECTION_HEADER_SIZE) {
      long virtual = table.u32(at + 8, "section table");
      long raw = table.u32(at + 20, "section table") == 0 ? 0 : table.u32(at + 16, "section table");
      long flags = table.u32(at + 36, "section table");
      loaded.add(
          new LoadedRange(
              table.u32(at + 12, "section table"),
              virtual == 0 ? raw : virtual,
              raw,
              (flags & Coff.SCN_MEM_WRITE) != 0));
    }
    return loaded;
  }
}
