package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.ElfImage.NeededVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The versions an image needs of others' symbols (LSB core, "Symbol Versioning"). */
final class ElfVersions {
  private static final String STRUCTURE = "needed versions";

  /** The size of {@code Vernaux}. */
  private static final int VERSION_SIZE = 16;

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
    long strings = image.fileOffset(dynamic.required(Elf.DT_STRTAB), STRUCTURE);
    long stringsSize = dynamic.required(Elf.DT_STRSZ);
    view.require(strings, stringsSize, "dynamic string table");
    long stringsEnd = strings + stringsSize;
    List<NeededVersion> versions = new ArrayList<>();
    ElfTexts texts = new ElfTexts(view, STRUCTURE);
    long at = image.fileOffset(table.getAsLong(), STRUCTURE);
    // Every step goes forward, so each walk ends with the file whatever the counts say. Walks over
    // the same versions again and again do not: no more can be there than the file has room for.
    long room = view.size() / VERSION_SIZE;
    for (long left = dynamic.required(Elf.DT_VERNEEDNUM); left != 0; left--) {
      int count = view.u16(at + 2, STRUCTURE);
      String library = texts.keep(text(view, strings, view.u32(at + 4, STRUCTURE), stringsEnd), at);
      long version = at + view.u32(at + 8, STRUCTURE);
      for (int i = 0; i < count; i++) {
        boolean weak = (view.u16(version + 4, STRUCTURE) & WEAK) != 0;
        String name =
            texts.keep(text(view, strings, view.u32(version + 8, STRUCTURE), stringsEnd), version);
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

  private static String text(ByteView view, long strings, long name, long end) {
    return view.string(strings + name, end, STRUCTURE);
  }
}
