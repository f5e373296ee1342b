package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.ElfImage.DefinedVersion;
import dev.calotype.image.ElfImage.NeededVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The versions of symbols that an image needs and has (LSB core, "Symbol Versioning"). */
final class ElfVersions {
  private static final String STRUCTURE = "needed versions";
  private static final String DEFINED = "defined versions";

  /** The size of {@code Vernaux}. */
  private static final int VERSION_SIZE = 16;

  /** The size of {@code Verdef}. */
  private static final int DEFINITION_SIZE = 20;

  /** {@code VER_FLG_BASE}. */
  private static final int BASE = 1;

  /** {@code VER_FLG_WEAK}. */
  private static final int WEAK = 2;

  private ElfVersions() {}

  static List<NeededVersion> needed(ElfFile image) {
    ElfDynamic dynamic = image.dynamic();
    OptionalLong table = dynamic.first(Elf.DT_VERNEED);
    if (table.isEmpty()) {
      return List.of();
    }
    ByteView view = image.view();
    Strings strings = Strings.of(image, STRUCTURE);
    List<NeededVersion> versions = new ArrayList<>();
    ElfTexts texts = new ElfTexts(view, STRUCTURE);
    long at = image.fileOffset(table.getAsLong(), STRUCTURE);
    // Every step goes forward, so each walk ends with the file whatever the counts say. Walks over
    // the same versions again and again do not: no more can be there than the file has room for.
    long room = view.size() / VERSION_SIZE;
    for (long left = dynamic.required(Elf.DT_VERNEEDNUM); left != 0; left--) {
      int count = view.u16(at + 2, STRUCTURE);
      String library = texts.keep(strings.text(view.u32(at + 4, STRUCTURE)), at);
      long version = at + view.u32(at + 8, STRUCTURE);
      for (int i = 0; i < count; i++) {
        boolean weak = (view.u16(version + 4, STRUCTURE) & WEAK) != 0;
        String name = texts.keep(strings.text(view.u32(version + 8, STRUCTURE)), version);
        if (versions.size() >= room) {
          throw view.malformed(STRUCTURE, version, "more versions", "at most " + room);
        }
        versions.add(new NeededVersion(library, name, weak));
        long step = view.u32(version + 12, STRUCTURE);
        if (step == 0) {
          break;
        }
        version += step;
      }
      long step = view.u32(at + 12, STRUCTURE);
      if (step == 0) {
        break;
      }
      at += step;
    }
    return versions;
  }

  static List<DefinedVersion> defined(ElfFile image) {
    ElfDynamic dynamic = image.dynamic();
    OptionalLong table = dynamic.first(Elf.DT_VERDEF);
    if (table.isEmpty()) {
      return List.of();
    }
    ByteView view = image.view();
    Strings strings = Strings.of(image, DEFINED);
    List<DefinedVersion> versions = new ArrayList<>();
    ElfTexts texts = new ElfTexts(view, DEFINED);
    long at = image.fileOffset(table.getAsLong(), DEFINED);
    long room = view.size() / DEFINITION_SIZE;
    for (long left = dynamic.required(Elf.DT_VERDEFNUM); left != 0; left--) {
      int flags = view.u16(at + 2, DEFINED);
      // The first of its names is its own; the others are those that it succeeds.
      long name = at + view.u32(at + 12, DEFINED);
      String version = texts.keep(strings.text(view.u32(name, DEFINED)), at);
      if (versions.size() >= room) {
        throw view.malformed(DEFINED, at, "more versions", "at most " + room);
      }
      versions.add(new DefinedVersion(version, (flags & BASE) != 0, (flags & WEAK) != 0));
      long step = view.u32(at + 16, DEFINED);
      if (step == 0) {
        break;
      }
      at += step;
    }
    return versions;
  }

  /** The dynamic string table. */
  private record Strings(ByteView view, long start, long end, String structure) {
    static Strings of(ElfFile image, String structure) {
      ElfDynamic dynamic = image.dynamic();
      long start = image.fileOffset(dynamic.required(Elf.DT_STRTAB), structure);
      long size = dynamic.required(Elf.DT_STRSZ);
      image.view().require(start, size, "dynamic string table");
      return new Strings(image.view(), start, start + size, structure);
    }

    String text(long name) {
      return view.string(start + name, end, structure);
    }
  }
}
