package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.Hole;
import dev.calotype.testing.Readobj;
import java.nio.file.Path;
import java.util.List;

/** What llvm-readobj says of the pages of a linked library. */
final class LinkedPages {
  private LinkedPages() {}

  /** Every PT_LOAD can be mapped with pages of that size, as another reader sees it. */
  static void assertPages(Path library, long pageSize) {
    List<Readobj> loads = loads(library);
    assertThat(loads).isNotEmpty();
    for (Readobj load : loads) {
      long alignment = load.number("Alignment");
      assertThat(alignment).isGreaterThanOrEqualTo(pageSize);
      assertThat((load.number("VirtualAddress") - load.number("Offset")) % alignment).isZero();
    }
  }

  /** Nothing but the hole is in its pages, as another reader sees it. */
  static void assertHole(Path library, Hole hole) {
    assertThat(hole.address() % 65_536).isZero();
    assertThat(hole.size()).isEqualTo(65_536);
    int around = 0;
    for (Readobj load : loads(library)) {
      long start = load.number("VirtualAddress");
      long fileEnd = start + load.number("FileSize");
      long end = start + load.number("MemSize");
      boolean holds = start <= hole.address() && hole.address() + hole.size() <= end;
      around += holds ? 1 : 0;
      long taken = holds ? fileEnd : end;
      boolean before = ((taken + 65_535) & -65_536) <= hole.address();
      boolean after = (start & -65_536) >= hole.address() + hole.size();
      assertThat(before || after || taken == start).as("%s", load).isTrue();
    }
    assertThat(around).isEqualTo(1);
  }

  private static List<Readobj> loads(Path library) {
    return Readobj.of(library, "--program-headers").all("ProgramHeader").stream()
        .filter(header -> header.word("Type").equals("PT_LOAD"))
        .toList();
  }
}
