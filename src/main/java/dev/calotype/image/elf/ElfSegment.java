package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Segment;
import java.lang.foreign.MemorySegment;

/** One program header (gABI, "Program Header"). Reads its fields from the file. */
public final class ElfSegment implements Segment {
  private final ByteView view;
  private final ElfLayout layout;
  private final long header;
  private final int index;
  private final String structure;

  ElfSegment(ByteView view, ElfLayout layout, long header, int index) {
    this.view = view;
    this.layout = layout;
    this.header = header;
    this.index = index;
    this.structure = "program header " + index;
  }

  @Override
  public int index() {
    return index;
  }

  /** {@code p_type}. */
  public long typeNumber() {
    return view.u32(header, structure);
  }

  @Override
  public String type() {
    return Elf.segmentType(typeNumber());
  }

  @Override
  public String name() {
    return type();
  }

  @Override
  public boolean isLoaded() {
    return typeNumber() == Elf.PT_LOAD;
  }

  @Override
  public long flags() {
    return view.u32(header + layout.at(24, 4), structure);
  }

  @Override
  public long offset() {
    return word(4, 8);
  }

  @Override
  public long address() {
    return word(8, 16);
  }

  /** {@code p_paddr}. */
  public long physicalAddress() {
    return word(12, 24);
  }

  @Override
  public long fileSize() {
    return word(16, 32);
  }

  @Override
  public long size() {
    return word(20, 40);
  }

  @Override
  public long alignment() {
    return Math.max(1, word(28, 48));
  }

  @Override
  public String protection() {
    long flags = flags();
    return ((flags & 4) != 0 ? "r" : "-")
        + ((flags & 2) != 0 ? "w" : "-")
        + ((flags & 1) != 0 ? "x" : "-");
  }

  @Override
  public MemorySegment bytes() {
    return view.slice(offset(), fileSize(), structure);
  }

  private long word(int at32, int at64) {
    return layout.word(view, header + layout.at(at32, at64), structure);
  }
}
