package dev.calotype.image.coff;

import dev.calotype.image.Section;
import java.lang.foreign.MemorySegment;

/**
 * A section of an object.
 *
 * @param header its header
 */
record CoffSection(CoffSectionHeader header) implements Section {
  @Override
  public int index() {
    return header.index();
  }

  @Override
  public String name() {
    return header.name();
  }

  @Override
  public String type() {
    return Coff.sectionType(flags());
  }

  @Override
  public long flags() {
    return header.characteristics();
  }

  @Override
  public long address() {
    return header.virtualAddress();
  }

  @Override
  public long offset() {
    return header.rawPointer();
  }

  @Override
  public long size() {
    return header.rawSize();
  }

  @Override
  public long fileSize() {
    return header.fileSize();
  }

  /** {@code IMAGE_SCN_ALIGN_*}; 16 where there is none, as linkers have it. */
  @Override
  public long alignment() {
    if (header.has(Coff.SCN_TYPE_NO_PAD)) {
      return 1;
    }
    int power = (int) (flags() >> 20 & 15);
    return power == 0 ? 16 : 1L << (power - 1);
  }

  /** Whether it is not for the linker alone. */
  @Override
  public boolean isLoaded() {
    return !header.has(Coff.SCN_LNK_INFO | Coff.SCN_LNK_REMOVE);
  }

  @Override
  public boolean isWritable() {
    return header.has(Coff.SCN_MEM_WRITE);
  }

  @Override
  public boolean isExecutable() {
    return header.has(Coff.SCN_MEM_EXECUTE);
  }

  @Override
  public MemorySegment bytes() {
    return header.bytes();
  }
}
