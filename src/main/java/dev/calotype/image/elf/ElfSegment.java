package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Segment;
import java.lang.foreign.MemorySegment;

/** One program header (gABI, "Program Header"). Reads its fields from the file. */
public final class ElfSegment implements Segment {
  private final ByteView view;
  private final long header;
  private final int index;
  private final String structure;

  ElfSegment(ByteView view, long header, int index) {
    this.view = view;
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

  /** {@code p_flags}. */
  public long flags() {
    return view.u32(header + 4, structure);
  }

  @Override
  public long offset() {
    return view.u64(header + 8, structure);
  }

  @Override
  public long address() {
    return view.u64(header + 16, structure);
  }

  /** {@code p_paddr}. */
  public long physicalAddress() {
    return view.u64(header + 24, structure);
  }

  @Override
  public long fileSize() {
    return view.u64(header + 32, structure);
  }

  @Override
  public long size() {
    return view.u64(header + 40, structure);
  }

  @Override
  public long alignment() {
    return Math.max(1, view.u64(header + 48, structure));
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
}
