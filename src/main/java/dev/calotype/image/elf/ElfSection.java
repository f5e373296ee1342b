package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Section;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** One entry of the section header table (gABI, "Sections"). Reads its fields from the file. */
public final class ElfSection implements Section {
  private final ElfFile image;
  private final ByteView view;
  private final ElfLayout layout;
  private final long header;
  private final int index;
  private final String structure;

  ElfSection(ElfFile image, long header, int index) {
    this.image = image;
    this.view = image.view();
    this.layout = image.header().layout();
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
    return Elf.sectionType(typeNumber(), image.header().machine());
  }

  @Override
  public long flags() {
    return word(8, 8);
  }

  @Override
  public long address() {
    return word(12, 16);
  }

  @Override
  public long offset() {
    return word(16, 24);
  }

  @Override
  public long size() {
    return word(20, 32);
  }

  /** {@code sh_link}. */
  public long link() {
    return view.u32(header + layout.at(24, 40), structure);
  }

  /** {@code sh_info}. */
  public long info() {
    return view.u32(header + layout.at(28, 44), structure);
  }

  @Override
  public long fileSize() {
    long type = typeNumber();
    return type == Elf.SHT_NOBITS || type == Elf.SHT_NULL ? 0 : size();
  }

  @Override
  public long alignment() {
    return Math.max(1, word(32, 48));
  }

  /** {@code sh_entsize}. */
  public long entrySize() {
    return word(36, 56);
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

  /** gABI, "Compressed sections": {@code Elf32_Chdr} or {@code Elf64_Chdr} comes first. */
  @Override
  public Optional<Compression> compression() {
    if ((flags() & Elf.SHF_COMPRESSED) == 0 || typeNumber() == Elf.SHT_NOBITS) {
      return Optional.empty();
    }
    long at = offset();
    view.require(at, size(), structure);
    long headerSize = layout.at(12, 24);
    if (size() < headerSize) {
      throw view.malformed(structure, at, size() + " bytes", "a compression header");
    }
    long method = view.u32(at, structure);
    return Optional.of(
        new Compression(
            method == 1 ? "zlib" : method == 2 ? "zstd" : "method-" + method,
            layout.word(view, at + layout.at(4, 8), structure),
            layout.word(view, at + layout.at(8, 16), structure),
            view.slice(at + headerSize, size() - headerSize, structure)));
  }

  @Override
  public MemorySegment bytes() {
    long size = fileSize();
    return size == 0 ? view.bytes().asSlice(0, 0) : view.slice(offset(), size, structure);
  }

  private long word(int at32, int at64) {
    return layout.word(view, header + layout.at(at32, at64), structure);
  }
}
