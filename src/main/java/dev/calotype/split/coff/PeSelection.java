package dev.calotype.split.coff;

import dev.calotype.RefusedException;
import dev.calotype.image.PeImage;
import dev.calotype.image.Section;
import dev.calotype.split.SectionChoice;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Which bytes of a PE image may leave it: those of read-only data sections that no data directory
 * leads to and no base relocation changes. Linkers put loader tables and read-only data into one
 * section, so it is runs of bytes that leave, each of at least {@link #LEAST_BYTES}.
 */
final class PeSelection {
  /** A shorter run would take more to describe than it is worth. */
  static final int LEAST_BYTES = 4096;

  /** 96 is what a loader takes; a remainder is not loaded, but its number has 16 bits. */
  private static final int MOST_RUNS = 16_000;

  private static final long DISCARDABLE = 0x0200_0000;
  private static final long INITIALIZED_DATA = 0x40;

  private final PeImage image;
  private final List<Section> sections;
  private final List<Run> runs = new ArrayList<>();
  private final List<SectionChoice> choices = new ArrayList<>();

  private PeSelection(PeImage image) {
    this.image = image;
    this.sections =
        image.sections().stream()
            .filter(section -> section.fileSize() > 0)
            .sorted(Comparator.comparingLong(Section::offset))
            .toList();
  }

  /**
   * A run of bytes that leaves.
   *
   * @param section the section it is in
   * @param offset where it starts in the file
   * @param length how many bytes it has
   * @param name the name of the data file's section: the section's, and from the second run on its
   *     number
   */
  record Run(Section section, long offset, long length, String name) {
    long address() {
      return section.address() + offset - section.offset();
    }

    long end() {
      return offset + length;
    }
  }

  /**
   * Decides.
   *
   * @param wanted the names of the sections asked for; empty for all that may move
   * @throws RefusedException if a wanted section has to stay, or nothing may move
   */
  static PeSelection of(PeImage image, List<String> wanted) {
    PeSelection selection = new PeSelection(image);
    selection.requireApart();
    selection.decide(wanted);
    return selection;
  }

  /** The runs, in file order. */
  List<Run> runs() {
    return runs;
  }

  List<SectionChoice> choices() {
    return choices;
  }

  private void requireApart() {
    long end = 0;
    for (Section section : sections) {
      if (section.offset() < end) {
        throw new RefusedException(
            image.file(), "section %s overlaps what is before it".formatted(section.name()));
      }
      if (section.fileSize() > image.bytes().byteSize() - section.offset()) {
        throw new RefusedException(
            image.file(), "section %s is not all in the file".formatted(section.name()));
      }
      end = section.offset() + section.fileSize();
    }
  }

  private void decide(List<String> wanted) {
    BitSet read = PeRanges.of(image);
    for (String name : wanted) {
      if (sections.stream().noneMatch(section -> section.name().equals(name))) {
        throw new RefusedException(image.file(), "has no section %s with bytes".formatted(name));
      }
    }
    for (Section section : sections) {
      String reason = reason(section, !wanted.isEmpty());
      if (!wanted.isEmpty() && !wanted.contains(section.name())) {
        reason = "not asked for";
      } else if (reason.isEmpty() && !addRuns(section, read)) {
        reason = "the loader reads or relocates what is in it";
      } else if (reason.isEmpty()) {
        continue;
      }
      if (wanted.contains(section.name())) {
        throw new RefusedException(
            image.file(), "section %s has to stay: %s".formatted(section.name(), reason));
      }
      choices.add(
          new SectionChoice(
              section.name(), section.fileSize(), false, section.isExecutable(), reason));
    }
    if (runs.isEmpty()) {
      throw new RefusedException(
          image.file(), "has no read-only data that code and loader can spare; nothing to split");
    }
  }

  private static String reason(Section section, boolean byName) {
    long flags = section.flags();
    if (section.isExecutable()) {
      return "it is code";
    }
    if (section.isWritable()) {
      return "it is writable";
    }
    if (section.name().startsWith(".xdata") || section.name().startsWith(".eh_fram")) {
      return "it describes the code to unwinders";
    }
    if ((flags & INITIALIZED_DATA) == 0) {
      return "it is no data";
    }
    return (flags & DISCARDABLE) != 0 && !byName ? "it is not loaded for long" : "";
  }

  /** Adds what may leave, and says so; false if nothing may. */
  private boolean addRuns(Section section, BitSet read) {
    int before = runs.size();
    long moved = 0;
    long size = Math.min(section.fileSize(), Math.max(section.size(), 0));
    long least = LEAST_BYTES;
    List<long[]> found = find(section.offset(), size, read, least);
    while (before + found.size() > MOST_RUNS) {
      least *= 2;
      found = find(section.offset(), size, read, least);
    }
    for (long[] run : found) {
      int number = runs.size() - before + 1;
      String name = number == 1 ? section.name() : section.name() + "." + number;
      runs.add(new Run(section, run[0], run[1] - run[0], name));
      choices.add(new SectionChoice(name, run[1] - run[0], true, false, ""));
      moved += run[1] - run[0];
    }
    if (moved > 0 && moved < section.fileSize()) {
      choices.add(
          new SectionChoice(
              section.name(),
              section.fileSize() - moved,
              false,
              false,
              "the loader reads or relocates this part of it"));
    }
    return moved > 0;
  }

  private static List<long[]> find(long offset, long size, BitSet read, long least) {
    List<long[]> found = new ArrayList<>();
    int end = (int) ((offset + size) / PeRanges.STEP);
    int at = (int) ((offset + PeRanges.STEP - 1) / PeRanges.STEP);
    while (at < end) {
      int from = read.nextClearBit(at);
      int set = read.nextSetBit(from);
      int to = set < 0 ? end : Math.min(set, end);
      if ((long) (to - from) * PeRanges.STEP >= least) {
        found.add(new long[] {(long) from * PeRanges.STEP, (long) to * PeRanges.STEP});
      }
      at = Math.max(to, from + 1);
    }
    return found;
  }
}
