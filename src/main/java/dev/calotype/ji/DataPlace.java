package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.ExportFinder;
import dev.calotype.image.NoteFinder;
import dev.calotype.image.PlaceFinder;
import dev.calotype.image.PlaceFinder.Place;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a container says that the data file in it is: docs/containers.md.
 *
 * @param offset where it starts in the file
 * @param room how many bytes there are for it
 * @param note the note that says so, in ELF
 */
record DataPlace(long offset, long room, Optional<DataNote> note) {
  /** The section of PE, and the segment and section of Mach-O, that are data files. */
  static final PlaceFinder.Wanted SECTION = new PlaceFinder.Wanted(".calji", "__CALJI", "__ji");

  /** What is damaged where such a section was found, and does not end within the file. */
  private static final Set<String> CUT_SHORT =
      Set.of(
          "section " + SECTION.coffSection(),
          "section " + SECTION.machoSegment() + "," + SECTION.machoSection());

  /** Whether the data file fills the room; else it may be padded. */
  boolean isExact() {
    return note.isPresent();
  }

  /**
   * Compares what the container exports with what it was made to export: code that is bound to
   * other data reads it without knowing.
   *
   * @throws MalformedImageException if it differs
   */
  void verifyExports(OpenFile file) throws IOException {
    if (note.isEmpty() || note.get().exports().equals(DataNote.NO_EXPORTS)) {
      return;
    }
    List<DataNote.Exported> exports = new ArrayList<>();
    ExportFinder.visit(
        file,
        (name, address, size) ->
            exports.add(new DataNote.Exported(name, address - note.get().address(), size)));
    if (!DataNote.digest(exports).equals(note.get().exports())) {
      throw new MalformedImageException(
          file.path().toString(),
          "dynamic symbols",
          offset + room,
          "exports that do not match their digest",
          "those that were written");
    }
  }

  /**
   * Looks for a data file in a container.
   *
   * @param page the first bytes of the file
   * @param size how many there are
   * @return empty if this is no container of ours
   * @throws MalformedImageException if it is one, but damaged
   */
  static Optional<DataPlace> find(OpenFile file, byte[] page, int size) throws IOException {
    Optional<DataPlace> found = isElf(page, size) ? inElf(file) : inSection(file, page, size);
    if (found.isEmpty() && DataNote.isIn(page, size)) {
      throw damaged(file);
    }
    return found;
  }

  private static Optional<DataPlace> inElf(OpenFile file) throws IOException {
    Optional<NoteFinder.Found> found;
    try {
      found = NoteFinder.find(file, DataNote.WANTED);
    } catch (MalformedImageException | UnsupportedFormatException e) {
      return Optional.empty(); // What does not lead to a note of ours may be anybody's.
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    long at = found.get().offset();
    DataNote note = DataNote.decode(found.get().bytes(), at, file.path().toString());
    Optional<Place> place = PlaceFinder.address(file, note.address(), note.size());
    if (place.isEmpty()) {
      throw new MalformedImageException(
          file.path().toString(),
          "data note",
          at,
          "%d bytes at address 0x%x".formatted(note.size(), note.address()),
          "bytes of a loaded segment");
    }
    return place.map(it -> new DataPlace(it.offset(), it.size(), Optional.of(note)));
  }

  private static Optional<DataPlace> inSection(OpenFile file, byte[] page, int size)
      throws IOException {
    boolean mayBe = size >= 64 && ((page[0] == 'M' && page[1] == 'Z') || isMachO(page[0], page[3]));
    if (!mayBe) {
      return Optional.empty();
    }
    Optional<Place> place;
    try {
      place = PlaceFinder.section(file, SECTION);
    } catch (UnsupportedFormatException e) {
      return Optional.empty();
    } catch (MalformedImageException e) {
      if (CUT_SHORT.contains(e.structure())) {
        throw e;
      }
      return Optional.empty();
    }
    return place.map(it -> new DataPlace(it.offset(), it.size(), Optional.empty()));
  }

  private static boolean isElf(byte[] page, int size) {
    return size >= 4 && page[0] == 0x7f && page[1] == 'E' && page[2] == 'L' && page[3] == 'F';
  }

  /** By the ends of its magic, which is 0xfeedface or 0xfeedfacf in either byte order. */
  private static boolean isMachO(byte first, byte last) {
    int low = Math.min(first & 0xff, last & 0xff);
    int high = Math.max(first & 0xff, last & 0xff);
    return high == 0xfe && (low == 0xce || low == 0xcf);
  }

  private static MalformedImageException damaged(OpenFile file) {
    return new MalformedImageException(
        file.path().toString(),
        "container headers",
        0,
        "no way to the data note",
        "one to 0x%x".formatted(DataNote.OFFSET));
  }
}
