package dev.calotype.split.macho;

import dev.calotype.RefusedException;
import dev.calotype.image.MachOImage;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.split.SectionChoice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Which sections of a linked Mach-O image may leave it: loaded, neither writable nor executable, of
 * a type whose bytes only the code reads, and changed by no fixup. Names as in {@code
 * mach-o/loader.h}.
 */
final class MachOSelection {
  private static final int SECTION_TYPE = 0xff;

  /** S_REGULAR, literals of strings and of 4, 8 and 16 bytes. */
  private static final Set<Integer> DATA = Set.of(0, 2, 3, 4, 0xe);

  private static final Set<String> UNWINDING =
      Set.of("__unwind_info", "__eh_frame", "__gcc_except_tab");

  private final MachOImage image;
  private final List<Candidate> all = new ArrayList<>();

  private MachOSelection(MachOImage image) {
    this.image = image;
  }

  /** A section under consideration; the reason is empty as long as it may move. */
  static final class Candidate {
    final Section section;
    String reason = "";

    Candidate(Section section) {
      this.section = section;
    }

    boolean mayMove() {
      return reason.isEmpty();
    }

    void stays(String why) {
      reason = reason.isEmpty() ? why : reason;
    }

    boolean holds(long address) {
      long skip = address - section.address();
      return skip >= 0 && skip < section.size();
    }

    SectionChoice choice() {
      return new SectionChoice(
          section.qualifiedName(), section.fileSize(), mayMove(), section.isExecutable(), reason);
    }
  }

  /**
   * Every section with bytes in the file, in file order.
   *
   * @param wanted names, with or without the segment's; empty for all that may move
   * @throws RefusedException if a wanted one may not move, or none may
   */
  static List<Candidate> select(MachOImage image, List<String> wanted, long headersEnd) {
    MachOSelection selection = new MachOSelection(image);
    selection.judge(headersEnd);
    selection.keepOnly(wanted);
    return selection.all;
  }

  private void judge(long headersEnd) {
    for (Section section : image.sections()) {
      if (section.fileSize() > 0) {
        if (section.offset() > image.bytes().byteSize()
            || section.fileSize() > image.bytes().byteSize() - section.offset()) {
          throw refused("section %s is not all in the file".formatted(section.qualifiedName()));
        }
        all.add(new Candidate(section));
      }
    }
    all.sort(Comparator.comparingLong(candidate -> candidate.section.offset()));
    for (Candidate candidate : all) {
      judgeAlone(candidate);
    }
    judgeFixups();
    long end = headersEnd;
    boolean moves = false;
    for (Candidate candidate : all) {
      if (candidate.section.offset() < end && (moves || candidate.mayMove())) {
        throw refused(
            "section %s overlaps what is before it".formatted(candidate.section.qualifiedName()));
      }
      moves = candidate.mayMove();
      end = Math.max(end, candidate.section.offset() + candidate.section.fileSize());
    }
  }

  private void judgeAlone(Candidate candidate) {
    Section section = candidate.section;
    int type = (int) section.flags() & SECTION_TYPE;
    if (section.isExecutable()) {
      candidate.stays("it is code");
    } else if (section.isWritable()) {
      candidate.stays("it is writable");
    } else if (UNWINDING.contains(section.name())) {
      candidate.stays("it describes the code to unwinders");
    } else if (section.name().endsWith("_plist")) {
      candidate.stays("the system reads it");
    } else if (!DATA.contains(type)) {
      candidate.stays("it is a table (%s)".formatted(section.type()));
    } else if (!isInItsSegment(section)) {
      candidate.stays("no segment loads it");
    }
  }

  /** In the one segment that loads it, at the same distance in the file and in memory. */
  private boolean isInItsSegment(Section section) {
    for (Segment segment : image.segments()) {
      long skip = section.offset() - segment.offset();
      if (skip >= 0
          && skip <= segment.fileSize()
          && section.fileSize() <= segment.fileSize() - skip
          && section.address() - segment.address() == skip) {
        return true;
      }
    }
    return false;
  }

  private void judgeFixups() {
    long base = 0;
    for (Segment segment : image.segments()) {
      if (segment.offset() == 0 && segment.fileSize() > 0) {
        base = segment.address();
      }
    }
    List<Candidate> open = all.stream().filter(Candidate::mayMove).toList();
    for (RelocationTable table : image.relocations()) {
      for (Relocation relocation : table) {
        for (Candidate candidate : open) {
          long place = relocation.offset();
          if (candidate.holds(place) || candidate.holds(place + base)) {
            candidate.stays("the loader relocates it");
          }
        }
      }
    }
  }

  private void keepOnly(List<String> wanted) {
    for (String name : wanted) {
      List<Candidate> named = all.stream().filter(candidate -> isOne(candidate, name)).toList();
      if (named.isEmpty()) {
        throw refused("has no section %s with bytes".formatted(name));
      }
      for (Candidate candidate : named) {
        if (!candidate.mayMove()) {
          throw refused("section %s has to stay: %s".formatted(name, candidate.reason));
        }
      }
    }
    if (!wanted.isEmpty()) {
      for (Candidate candidate : all) {
        if (wanted.stream().noneMatch(name -> isOne(candidate, name))) {
          candidate.stays("not asked for");
        }
      }
    }
    if (all.stream().noneMatch(Candidate::mayMove)) {
      throw refused("has no read-only data that code and loader can spare; nothing to split");
    }
  }

  private static boolean isOne(Candidate candidate, String name) {
    return candidate.section.name().equals(name) || candidate.section.qualifiedName().equals(name);
  }

  private RefusedException refused(String reason) {
    return new RefusedException(image.file(), reason);
  }
}
