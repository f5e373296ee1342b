package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.PlaceFinder;
import dev.calotype.image.PlaceFinder.Place;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.Optional;

/**
 * The way to an address: file header, program headers, {@code PT_LOAD}. See {@link PlaceFinder}.
 */
public final class ElfPlaceFinder {
  private ElfPlaceFinder() {}

  /** See {@link PlaceFinder#address}. */
  public static Optional<Place> find(OpenFile file, long address, long size) throws IOException {
    long most = Math.min(file.size(), ElfLayout.ELF64.headerSize());
    ElfHeader header = ElfHeader.read(ElfNoteFinder.read(file, 0, most, "ELF header"));
    ElfLayout layout = header.layout();
    ByteView headers =
        ElfNoteFinder.table(
                file,
                "program header table",
                header.programHeaders(),
                header.programHeaderCount(),
                header.programHeaderSize(),
                layout.programHeaderSize())
            .withOrder(header.order());
    Optional<Place> found = Optional.empty();
    for (long at = 0; at < headers.size(); at += layout.programHeaderSize()) {
      int index = (int) (at / layout.programHeaderSize());
      ElfSegment segment = new ElfSegment(headers, layout, at, index);
      if (segment.typeNumber() != Elf.PT_LOAD) {
        continue;
      }
      Place loaded =
          Place.in(file, "program header " + index, segment.offset(), segment.fileSize());
      long skip = address - segment.address();
      boolean holds =
          skip >= 0 && skip <= loaded.size() && size >= 0 && size <= loaded.size() - skip;
      if (found.isEmpty() && holds) {
        found = Optional.of(new Place(loaded.offset() + skip, size));
      }
    }
    return found;
  }
}
