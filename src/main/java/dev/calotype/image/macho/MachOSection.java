package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Section;
import java.lang.foreign.MemorySegment;

/**
 * One section header ({@code section}, {@code section_64}). Reads its fields from the file. Its
 * address is {@code addr} as it is; where an image's first segment starts at 0, as in libraries,
 * that is relative to the image's base.
 */
final class MachOSection implements Section {
  private final ByteView view;
  private final MachOHeader file;
  private final MachOLayout layout;
  private final MachOSegment segment;
  private final long header;
  private final int index;
  private final String structure;

  MachOSection(ByteView view, MachOHeader file, MachOSegment segment, long header, int index) {
    this.view = view;
    this.file = file;
    this.layout = file.layout();
    this.segment = segment;
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
    return MachOCommand.fixedName(view, header, structure);
  }

  /** {@code segname}: in an object, the segment the section is to be linked into. */
  String segmentName() {
    return MachOCommand.fixedName(view, header + MachOCommand.NAME_SIZE, structure);
  }

  @Override
  public String qualifiedName() {
    return segmentName() + "," + name();
  }

  @Override
  public String type() {
    return MachO.sectionType((int) flags() & MachO.SECTION_TYPE);
  }

  @Override
  public long flags() {
    return u32(56, 64);
  }

  @Override
  public long address() {
    return layout.word(view, header + 32, structure);
  }

  @Override
  public long offset() {
    return u32(40, 48);
  }

  @Override
  public long size() {
    return layout.word(view, header + layout.at(36, 40), structure);
  }

  /** Zeros have no bytes, nor has what a dSYM only remembers: at offset 0 is the file's header. */
  @Override
  public long fileSize() {
    return MachO.isZeroFill(flags()) || offset() == 0 ? 0 : size();
  }

  @Override
  public long alignment() {
    long exponent = u32(44, 52);
    if (exponent > 62) {
      throw view.malformed(
          structure,
          header + layout.at(44, 52),
          "2^%d aligned".formatted(exponent),
          "2^62 at most");
    }
    return 1L << exponent;
  }

  @Override
  public boolean isLoaded() {
    return (flags() & MachO.S_ATTR_DEBUG) == 0 && !segmentName().equals("__DWARF");
  }

  /** An object's only segment may do anything; its sections' segments tell what will be linked. */
  @Override
  public boolean isWritable() {
    return isLoaded() && (file.isObject() ? !segmentName().equals("__TEXT") : segment.isWritable());
  }

  @Override
  public boolean isExecutable() {
    return (flags() & (MachO.S_ATTR_PURE_INSTRUCTIONS | MachO.S_ATTR_SOME_INSTRUCTIONS)) != 0;
  }

  @Override
  public MemorySegment bytes() {
    long size = fileSize();
    return size == 0 ? view.bytes().asSlice(0, 0) : view.slice(offset(), size, structure);
  }

  /** Where its relocations start in the file. */
  long relocationOffset() {
    return u32(48, 56);
  }

  /** How many relocations it has. */
  long relocationCount() {
    return u32(52, 60);
  }

  private long u32(int at32, int at64) {
    return view.u32(header + layout.at(at32, at64), structure);
  }
}
