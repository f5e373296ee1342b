package dev.calotype.ji;

import java.util.List;

/**
 * Cells of code, one after the other, that are filled with addresses in a section of its data when
 * the code is loaded.
 *
 * @param section the data's section
 * @param offsets where in the section's content each cell will point, in bytes, in the order of the
 *     cells; at least one
 * @param address where the first of the 8-byte cells is in the linked image: a virtual address as
 *     the image's own headers count, in PE relative to its base; 0 in what is not linked yet
 */
public record SlotRun(String section, List<Long> offsets, long address) {
  /** Checks the name and copies the list. */
  public SlotRun {
    CodeType.requireName(section);
    offsets = List.copyOf(offsets);
    if (offsets.isEmpty()) {
      throw new IllegalArgumentException("no slots for " + section);
    }
  }

  /** The size of the cells in bytes. */
  public long size() {
    return 8L * offsets.size();
  }

  SlotRun at(long place) {
    return new SlotRun(section, offsets, place);
  }
}
