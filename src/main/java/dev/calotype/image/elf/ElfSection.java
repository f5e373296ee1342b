package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Section;
import java.lang.foreign.MemorySegment;

/** One entry of the section header table (gABI, "Sections"). Reads its fields from the file. */
public final class ElfSection implements Section {
  private final ElfImage image;
  private final ByteView view;
  private final long header;
  private final int index;
  private final String structure;

  ElfSection(ElfImage image, long header, int index) {
    this.image = image;
    this.view = image.view();
    this.header = header;
    this.index = index;
    this.structure = "section header " + index;
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public String name() {
    return image.sectionName(view.u32(header, structure), structure);
  }

  /** {@code sh_type}. */
  public long typeNumber() {
    return view.u32(header + 4, structure);
  }

  @Override
  public String type() {
    return Elf.sectionType(typeNumber());
  }

  /** {@code sh_flags}. */
  public long flags() {
    return view.u64(header + 8, structure);
  }

  @Override
  public long address() {
    return view.u64(header + 16, structure);
  }

  @Override
  public long offset() {
    return view.u64(header + 24, structure);
  }

  @Override
  public long size() {
    return view.u64(header + 32, structure);
  }

  /** {@code sh_link}. */
  public long link() {
    return view.u32(header + 40, structure);
  }

  /** {@code sh_info}. */
  public long info() {
    return view.u32(header + 44, structure);
  }

  @Override
  public long fileSize() {
    long type = typeNumber();
    return type == Elf.SHT_NOBITS || type == Elf.SHT_NULL ? 0 : size();
  }

  @Override
  public long alignment() {
    return Math.max(1, view.u64(header + 48, structure));
  }

  /** {@code sh_entsize}. */
  public long entrySize() {
    return view.u64(header + 56, structure);
  }

  @Override
  public boolean isLoaded() {
    return (flags() & Elf.SHF_ALLOC) != 0;
  }

  @Override
  public boolean isWritable() {
    return (flags() & Elf.SHF_WRITE) != 0;
  }

  @Override
  public boolean isExecutable() {
    return (flags() & Elf.SHF_EXECINSTR) != 0;
  }

  @Override
  public MemorySegment bytes() {
    long size = fileSize();
    return size == 0 ? view.bytes().asSlice(0, 0) : view.slice(offset(), size, structure);
  }
}
