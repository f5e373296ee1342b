package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import java.util.Arrays;

/**
 * An image as its addresses have it, for one walk over one of its tables. Addresses are relative to
 * its base. What the tables point to may overlap, so a walk may read a few times the file's size in
 * all and not more: that bounds its time whatever the pointers say.
 *
 * <p>Not safe for use by several threads.
 */
final class PeMemory {
  /** How often a walk may read as much as there is; an honest one checks a table and reads it. */
  private static final int MOST_READINGS = 4;

  private final ByteView view;
  private final long[] addresses;
  private final long[] offsets;
  private final long[] sizes;
  private long left;

  /** Reads the section table. */
  PeMemory(PeFile image) {
    view = image.view();
    CoffHeader header = image.header().coff();
    int count = header.checkedSectionCount(view);
    addresses = new long[count + 1];
    offsets = new long[count + 1];
    sizes = new long[count + 1];
    // The headers are mapped too, at the base.
    sizes[0] = Math.min(image.sizeOfHeaders(), view.size());
    for (int i = 0; i < count; i++) {
      CoffSectionHeader section = header.section(view, i);
      addresses[i + 1] = section.virtualAddress();
      offsets[i + 1] = section.rawPointer();
      sizes[i + 1] = section.fileSize();
      if (addresses[i + 1] < addresses[i]) {
        throw view.malformed(
            section.structure(),
            section.at(),
            "address 0x%x".formatted(addresses[i + 1]),
            "one after the section before it");
      }
    }
    left = view.size() * MOST_READINGS;
  }

  /** Where the {@code size} bytes at {@code address} are in the file; all of them are there. */
  long offset(long address, long size, String structure) {
    int section = section(address, structure);
    long inside = address - addresses[section];
    long offset = offsets[section] + inside;
    if (size > sizes[section] - inside) {
      throw view.malformed(
          structure, offset, size + " bytes wanted", "an end within the section's bytes");
    }
    view.require(offset, size, structure);
    read(size, structure, offset);
    return offset;
  }

  /** The 32-bit number at {@code address}. */
  long u32(long address, String structure) {
    return view.u32(offset(address, 4, structure), structure);
  }

  /** The text at {@code address}, up to its NUL. */
  String string(long address, String structure) {
    int section = section(address, structure);
    long offset = offsets[section] + (address - addresses[section]);
    long end = Math.min(offsets[section] + sizes[section], view.size());
    int length = view.stringLength(offset, end, structure);
    read(length + 1L, structure, offset);
    return view.string(offset, end, structure);
  }

  private int section(long address, String structure) {
    int found = Arrays.binarySearch(addresses, address);
    int section = found >= 0 ? found : -found - 2;
    if (section < 0 || address - addresses[section] >= sizes[section]) {
      throw view.malformed(
          structure,
          0,
          "address 0x%x".formatted(address),
          "one that the headers or a section load from the file");
    }
    return section;
  }

  private void read(long size, String structure, long offset) {
    left -= size;
    if (left < 0) {
      throw view.malformed(
          structure,
          offset,
          "pointers to the same bytes again and again",
          "a table that can be read in %d times the file's size".formatted(MOST_READINGS));
    }
  }
}
