package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.image.Format;
import dev.calotype.image.LoadedRange;
import dev.calotype.image.NoteFinder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Turns what the linker wrote into a note's places into addresses, and compares them with what the
 * image's headers say is there: docs/code-note.md, "Places".
 */
final class Placement {
  /** What holes are laid out for if the note does not say. */
  private static final long LARGEST_PAGE = 1 << 16;

  private static final int CELL = 8;

  private final NoteFinder.Found found;
  private final String file;
  private final List<Range> ranges = new ArrayList<>();

  private Placement(NoteFinder.Found found, String file) {
    this.found = found;
    this.file = file;
  }

  private record Range(long place, long address, long size) {}

  /**
   * The note with the addresses of its cells and holes; as it is if the file has no addresses yet.
   *
   * @throws MalformedImageException if a place leads to something else
   */
  static LinkedNote of(LinkedNote note, NoteFinder.Found found, String file) {
    Linkage linkage = note.linkage();
    if (found.address().isEmpty() || linkage.places().isEmpty()) {
      return note;
    }
    Placement placement = new Placement(found, file);
    List<Long> addresses = new ArrayList<>();
    long place = found.bytes().byteSize() - (long) LinkedNote.PLACE * linkage.places().size();
    for (long written : linkage.places()) {
      addresses.add(placement.address(place, written));
      place += LinkedNote.PLACE;
    }
    Linkage placed = linkage.at(addresses);
    placement.check(placed, note.pageSize());
    return note.withLinkage(placed);
  }

  private long address(long place, long written) {
    if (found.format() != Format.PE) {
      return found.address().getAsLong() + place + written;
    }
    if (written >>> 32 != 0) {
      throw malformed(place, written, "a relative virtual address");
    }
    return written;
  }

  private void check(Linkage linkage, long pageSize) {
    long place = found.bytes().byteSize() - (long) LinkedNote.PLACE * linkage.places().size();
    for (SlotRun run : linkage.slots()) {
      cells(place, run.address(), run.size());
      place += LinkedNote.PLACE;
    }
    for (ImportCell cell : linkage.imports()) {
      cells(place, cell.address(), CELL);
      place += LinkedNote.PLACE;
    }
    for (Hole hole : linkage.holes()) {
      hole(place, hole, pageSize == 0 ? LARGEST_PAGE : pageSize);
      place += LinkedNote.PLACE;
    }
    ranges.sort(Comparator.comparingLong(Range::address));
    for (int i = 1; i < ranges.size(); i++) {
      Range one = ranges.get(i - 1);
      Range next = ranges.get(i);
      if (next.address - one.address < one.size) {
        throw malformed(next.place, next.address, "cells and holes that do not overlap");
      }
    }
  }

  private void cells(long place, long address, long size) {
    boolean isThere = false;
    boolean isWritable = true;
    for (LoadedRange range : found.loaded()) {
      isThere |= range.contains(address, size);
      isWritable &= range.isWritable() || !range.overlaps(address, size);
    }
    if (!isThere || !isWritable || address % CELL != 0) {
      throw malformed(place, address, "cells aligned to 8 where the image can be written");
    }
    ranges.add(new Range(place, address, size));
  }

  private void hole(long place, Hole hole, long page) {
    int there = 0;
    boolean isEmpty = true;
    for (LoadedRange range : found.loaded()) {
      if (range.overlaps(hole.address(), hole.size())) {
        there++;
        isEmpty &=
            range.contains(hole.address(), hole.size())
                && hole.address() - range.address() >= range.fileSize();
      }
    }
    if (there != 1 || !isEmpty || hole.address() % page != 0 || hole.size() % page != 0) {
      throw malformed(
          place,
          hole.address(),
          "a hole of whole pages of %d bytes in a part without bytes".formatted(page));
    }
    ranges.add(new Range(place, hole.address(), hole.size()));
  }

  private MalformedImageException malformed(long place, long address, String expected) {
    return new MalformedImageException(
        file, "code note", found.offset() + place, "0x%x".formatted(address), expected);
  }
}
