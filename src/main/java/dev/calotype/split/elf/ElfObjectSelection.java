package dev.calotype.split.elf;

import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfSection;
import dev.calotype.split.ObjectSelection;
import dev.calotype.split.object.Candidate;
import dev.calotype.split.object.Choosing;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which sections of an object may leave it, before anyone looks at what refers to them. */
final class ElfObjectSelection {
  private static final int STT_SECTION = 3;
  private static final int STT_FILE = 4;

  private ElfObjectSelection() {}

  /**
   * Every section with bytes, in the order of the section table.
   *
   * @throws dev.calotype.RefusedException if one that was asked for may not leave
   */
  static List<Candidate> select(ElfObject object, ObjectSelection selection) {
    Set<Integer> relocated = relocated(object);
    List<Candidate> candidates = new ArrayList<>();
    for (ElfSection section : object.sections()) {
      if (section.fileSize() > 0) {
        object.view().require(section.offset(), section.fileSize(), "section " + section.index());
        Candidate candidate =
            new Candidate(
                section.index(), section.name(), section.fileSize(), section.isExecutable());
        judge(candidate, section, relocated.contains(section.index()));
        candidates.add(candidate);
      }
    }
    new Choosing(object.file(), selection)
        .apply(
            candidates,
            (c, name) -> c.name().equals(name),
            selection.symbols().isEmpty() ? List.of() : names(object));
    return candidates;
  }

  private static void judge(Candidate candidate, ElfSection section, boolean isRelocated) {
    long flags = section.flags();
    if (section.isExecutable()) {
      candidate.stays("it is code");
    } else if (section.isWritable()) {
      candidate.stays("it is writable");
    } else if (!section.isLoaded()) {
      candidate.stays("it is not loaded");
    } else if (candidate.name().startsWith(".eh_frame")
        || candidate.name().startsWith(".gcc_except_table")) {
      candidate.stays("it describes the code to unwinders");
    } else if (section.typeNumber() != Elf.SHT_PROGBITS) {
      candidate.stays("it is a table (%s)".formatted(section.type()));
    } else if ((flags & (Elf.SHF_TLS | Elf.SHF_COMPRESSED)) != 0) {
      candidate.stays("it is thread-local or compressed");
    } else if ((flags & (Elf.SHF_GROUP | Elf.SHF_LINK_ORDER)) != 0) {
      candidate.stays("the linker may take another object's copy of it");
    } else if (candidate.name().isEmpty()) {
      candidate.stays("it has no name");
    } else if (isRelocated) {
      candidate.stays("it has relocations of its own");
    } else if ((flags & Elf.SHF_MERGE) != 0) {
      candidate.staysUnlessWanted("the linker merges it with equal constants");
    }
  }

  private static Set<Integer> relocated(ElfObject object) {
    Set<Integer> relocated = new HashSet<>();
    for (ElfSection section : object.sections()) {
      long type = section.typeNumber();
      boolean isTable = type == Elf.SHT_RELA || type == Elf.SHT_REL || type == Elf.SHT_CREL;
      if (isTable && section.size() > 0) {
        relocated.add((int) section.info());
      }
    }
    return relocated;
  }

  private static List<Choosing.NamedPlace> names(ElfObject object) {
    List<Choosing.NamedPlace> names = new ArrayList<>();
    for (long i = 1; i < object.symbolCount(); i++) {
      int type = object.symbolType(i);
      if (object.symbolSection(i) != 0 && type != STT_SECTION && type != STT_FILE) {
        names.add(new Choosing.NamedPlace(object.symbolName(i), object.symbolSection(i)));
      }
    }
    return names;
  }
}
