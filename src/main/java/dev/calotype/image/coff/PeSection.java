package dev.calotype.image.coff;

import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import java.lang.foreign.MemorySegment;

/**
 * A section of an image, which is also what its loader maps.
 *
 * @param header its header
 * @param alignment {@code SectionAlignment}
 */
record PeSection(CoffSectionHeader header, long alignment) implements Section, Segment {
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

  /** {@code VirtualSize} or, where that is 0 and a loader takes it instead, the file's size. */
  @Override
  public long size() {
    long size = header.virtualSize();
    return size == 0 ? header.rawSize() : size;
  }

  /** {@code SizeOfRawData}: padded in the file, it may be more than the size in memory. */
  @Override
  public long fileSize() {
    return header.fileSize();
  }

  @Override
  public String protection() {
    return (header.has(Coff.SCN_MEM_READ) ? "r" : "-")
        + (header.has(Coff.SCN_MEM_WRITE) ? "w" : "-")
        + (header.has(Coff.SCN_MEM_EXECUTE) ? "x" : "-");
  }

  /** Loaders map all of them. */
  @Override
  public boolean isLoaded() {
    return true;
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
