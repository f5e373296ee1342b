package dev.calotype.split.elf;

import dev.calotype.RefusedException;
import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfDynamic;
import dev.calotype.image.elf.ElfFile;
import dev.calotype.image.elf.ElfRelocations;
import dev.calotype.image.elf.ElfSection;
import dev.calotype.image.elf.ElfSegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which sections of a linked image may leave it: read-only, without instructions, written by no
 * relocation, and read by no loader.
 */
final class ElfSelection {
  private final ElfFile image;
  private final List<Candidate> all = new ArrayList<>();

  private ElfSelection(ElfFile image) {
    this.image = image;
  }

  /**
   * A section under consideration; {@code reason} is empty as long as nothing speaks against it.
   */
  static final class Candidate {
    final ElfSection section;
    final String name;
    final long address;
    final long offset;
    final long size;
    String reason = "";

    Candidate(ElfSection section) {
      this.section = section;
      this.name = section.name();
      this.address = section.address();
      this.offset = section.offset();
      this.size = section.fileSize();
    }

    long end() {
      return offset + size;
    }

    boolean mayMove() {
      return reason.isEmpty();
    }

    void stays(String why) {
      if (reason.isEmpty()) {
        reason = why;
      }
    }

    boolean holds(long at) {
      return section.isLoaded() && at >= address && at - address < size;
    }
  }

  /**
   * Every section that has bytes in the file, in file order, with what speaks against moving it.
   *
   * @param wanted the names asked for; empty for all that may move
   * @throws RefusedException if a wanted section may not move, or none may
   */
  static List<Candidate> select(ElfFile image, List<String> wanted) {
    ElfSelection selection = new ElfSelection(image);
    selection.judge();
    if (wanted.isEmpty()) {
      selection.requireSome();
    } else {
      selection.keepOnly(wanted);
    }
    return selection.all;
  }

  private void judge() {
    for (ElfSection section : image.elfSections()) {
      if (section.fileSize() != 0) {
        image.view().require(section.offset(), section.size(), "section " + section.index());
        all.add(new Candidate(section));
      }
    }
    all.sort(
        Comparator.comparingLong((Candidate candidate) -> candidate.offset)
            .thenComparingLong(candidate -> candidate.size));
    for (Candidate candidate : all) {
      judgeAlone(candidate);
    }
    judgeSegments();
    judgeDynamicTable();
    judgeRelocations();
    judgeOverlaps();
  }

  private static void judgeAlone(Candidate candidate) {
    ElfSection section = candidate.section;
    long flags = section.flags();
    if (section.isExecutable()) {
      candidate.stays("it is code");
    } else if (section.isWritable()) {
      candidate.stays("it is writable");
    } else if (candidate.name.startsWith(".eh_frame")
        || candidate.name.startsWith(".gcc_except_table")) {
      candidate.stays("it describes the code to unwinders");
    } else if (section.typeNumber() != Elf.SHT_PROGBITS) {
      candidate.stays("it is a table (%s)".formatted(section.type()));
    } else if ((flags & (Elf.SHF_TLS | Elf.SHF_COMPRESSED)) != 0) {
      candidate.stays("it is thread-local or compressed");
    } else if (candidate.name.isEmpty()) {
      candidate.stays("it has no name");
    }
  }

  /** A loaded section has to lie in a PT_LOAD as its header says, and in nothing else. */
  private void judgeSegments() {
    List<ElfSegment> segments = image.elfSegments();
    for (Candidate candidate : all) {
      if (!candidate.mayMove()) {
        continue;
      }
      boolean loaded = false;
      for (ElfSegment segment : segments) {
        long offset = segment.offset();
        long fileSize = segment.fileSize();
        image.view().require(offset, fileSize, "program header " + segment.index());
        boolean touches =
            fileSize != 0 && offset < candidate.end() && candidate.offset < offset + fileSize;
        if (!touches) {
          continue;
        }
        if (segment.typeNumber() != Elf.PT_LOAD) {
          candidate.stays("the loader reads it (%s)".formatted(segment.type()));
        } else if (candidate.section.isLoaded()
            && candidate.offset >= offset
            && candidate.end() <= offset + fileSize
            && candidate.address - candidate.offset == segment.address() - offset) {
          if (loaded) {
            candidate.stays("two segments load it");
          }
          loaded = true;
        } else {
          candidate.stays("a segment loads it at another address");
        }
      }
      if (candidate.section.isLoaded() && !loaded) {
        candidate.stays("no segment loads it");
      }
    }
  }

  private void judgeDynamicTable() {
    ElfDynamic dynamic = image.dynamic();
    for (long i = 0; i < dynamic.count(); i++) {
      long tag = dynamic.tag(i);
      if (tag == Elf.DT_ANDROID_REL || tag == Elf.DT_ANDROID_RELA) {
        throw new RefusedException(
            image.file(), "its packed Android relocations can't be read yet");
      }
      if (isAddress(tag)) {
        long address = dynamic.value(i);
        for (Candidate candidate : all) {
          if (candidate.mayMove() && candidate.holds(address)) {
            candidate.stays("the loader reads it (dynamic tag 0x%x)".formatted(tag));
          }
        }
      }
    }
  }

  /**
   * Whether a tag's value is an address: the gABI's list up to DT_ENCODING, every even tag from
   * there to DT_LOOS, and the GNU range for addresses.
   */
  private static boolean isAddress(long tag) {
    if (tag < 32) {
      return tag == Elf.DT_PLTGOT
          || tag == Elf.DT_HASH
          || tag == Elf.DT_STRTAB
          || tag == Elf.DT_SYMTAB
          || tag == Elf.DT_RELA
          || tag == Elf.DT_INIT
          || tag == Elf.DT_FINI
          || tag == Elf.DT_REL
          || tag == Elf.DT_JMPREL
          || tag == Elf.DT_INIT_ARRAY
          || tag == Elf.DT_FINI_ARRAY;
    }
    return (tag < 0x6000000dL && tag % 2 == 0)
        || (tag >= 0x6ffffe00L && tag < 0x6fffff00L)
        || tag == Elf.DT_VERSYM
        || tag == Elf.DT_VERDEF
        || tag == Elf.DT_VERNEED;
  }

  private void judgeRelocations() {
    List<Candidate> open =
        all.stream()
            .filter(candidate -> candidate.mayMove() && candidate.section.isLoaded())
            .toList();
    if (open.isEmpty()) {
      return;
    }
    ElfRelocations.forEachPlace(
        image,
        place -> {
          for (Candidate candidate : open) {
            // A relocation writes 8 bytes; the 16 of a TLS descriptor start in a table of their
            // own.
            if (candidate.holds(place) || candidate.holds(place + 7)) {
              candidate.stays("the loader relocates it");
            }
          }
        });
  }

  /** Bytes that belong to two sections, or to a section and a header, can't be in two files. */
  private void judgeOverlaps() {
    long headers = image.header().sectionHeaders();
    long headersEnd =
        headers + (long) image.elfSections().size() * ElfDetachment.SECTION_HEADER_SIZE;
    long programs = image.header().programHeaders();
    long programsEnd =
        programs + (long) image.elfSegments().size() * ElfDetachment.PROGRAM_HEADER_SIZE;
    long end = 0;
    Candidate last = null;
    for (Candidate candidate : all) {
      if (candidate.offset < ElfDetachment.FILE_HEADER_SIZE
          || (candidate.offset < headersEnd && headers < candidate.end())
          || (candidate.offset < programsEnd && programs < candidate.end())) {
        candidate.stays("it overlaps the file's headers");
      }
      if (last != null && candidate.offset < end && (candidate.mayMove() || last.mayMove())) {
        throw new RefusedException(
            image.file(),
            "sections %s and %s overlap at offset 0x%x"
                .formatted(last.name, candidate.name, candidate.offset));
      }
      if (candidate.end() > end) {
        end = candidate.end();
        last = candidate;
      }
    }
  }

  private void requireSome() {
    // What is not loaded (debug sections) moves only when asked for by name.
    for (Candidate candidate : all) {
      if (!candidate.section.isLoaded()) {
        candidate.stays("it is not loaded");
      }
    }
    if (all.stream().noneMatch(Candidate::mayMove)) {
      throw new RefusedException(
          image.file(), "has no read-only data that code and loader can spare; nothing to split");
    }
  }

  private void keepOnly(List<String> wanted) {
    for (String name : wanted) {
      List<Candidate> named = all.stream().filter(c -> c.name.equals(name)).toList();
      if (named.isEmpty()) {
        throw new RefusedException(image.file(), "has no section %s with bytes".formatted(name));
      }
      for (Candidate candidate : named) {
        if (!candidate.mayMove()) {
          throw new RefusedException(
              image.file(), "section %s has to stay: %s".formatted(name, candidate.reason));
        }
      }
    }
    for (Candidate candidate : all) {
      if (!wanted.contains(candidate.name)) {
        candidate.stays("not asked for");
      }
    }
  }
}
