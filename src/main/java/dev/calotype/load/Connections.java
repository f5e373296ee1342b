package dev.calotype.load;

import dev.calotype.ji.Cause;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Hole;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.SlotRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a data file has what the cells and holes of code are for. */
final class Connections {
  /** What sections that are mapped over holes are aligned to: docs/data-file-format.md. */
  private static final long PLACEABLE = 1 << 16;

  private Connections() {}

  /** Which can't be made. */
  static List<Cause> missing(LinkedNote note, DataFile data) throws IOException {
    List<Cause> causes = new ArrayList<>();
    for (SlotRun run : note.slots()) {
      Optional<DataSection> section = data.section(run.section());
      long end = run.offsets().stream().reduce(0L, Connections::larger);
      if (section.isEmpty() || Long.compareUnsigned(end, section.get().size()) > 0) {
        causes.add(missing(run.section(), "%d bytes or more".formatted(end), section));
      }
    }
    for (Hole hole : note.holes()) {
      Optional<DataSection> section = data.section(hole.section());
      boolean fits =
          section.isPresent()
              && section.get().isPlaceable()
              && section.get().isMappable()
              && section.get().offset() % PLACEABLE == 0
              && section.get().size() <= hole.size();
      if (!fits) {
        String wanted = "at most %d bytes, placeable and plain".formatted(hole.size());
        causes.add(missing(hole.section(), wanted, section));
      }
    }
    return causes;
  }

  private static long larger(long one, long other) {
    return Long.compareUnsigned(one, other) >= 0 ? one : other;
  }

  private static Cause missing(String name, String wanted, Optional<DataSection> found) {
    String actual =
        found
            .map(section ->
                "%d bytes, %s"
                    .formatted(
                        section.size(),
                        section.isPlaceable() && section.isMappable()
                            ? "placeable"
                            : "not placeable"))
            .orElse("");
    return new Cause(Cause.Code.DATA_SECTION, name, wanted, actual);
  }
}
