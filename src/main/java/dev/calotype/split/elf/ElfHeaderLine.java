package dev.calotype.split.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.elf.Elf;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One section header of ELF64 that may be changed (gABI, "Sections"). */
final class ElfHeaderLine {
  private static final int SIZE = ElfObject.SECTION_HEADER_SIZE;
  private static final String STRUCTURE = "section header";

  private final ByteWriter writer;
  private final ByteView view;

  private ElfHeaderLine(byte[] bytes) {
    this.writer = new ByteWriter(bytes);
    this.view = new ByteView(MemorySegment.ofArray(bytes), "");
  }

  /** Those of a table, in a list that may grow. */
  static List<ElfHeaderLine> all(byte[] table) {
    List<ElfHeaderLine> lines = new ArrayList<>();
    for (int at = 0; at < table.length; at += SIZE) {
      lines.add(new ElfHeaderLine(Arrays.copyOfRange(table, at, at + SIZE)));
    }
    return lines;
  }

  /** A new one. */
  static ElfHeaderLine of(long name, long type, long flags, long alignment) {
    ElfHeaderLine line = new ElfHeaderLine(new byte[SIZE]);
    line.writer.at(0).u32(name);
    line.become(type, flags, 0, alignment);
    return line;
  }

  static byte[] encode(List<ElfHeaderLine> lines) {
    ByteWriter table = new ByteWriter(lines.size() * SIZE);
    lines.forEach(line -> table.bytes(line.writer.array()));
    return table.array();
  }

  boolean isNull() {
    return view.u32(4, STRUCTURE) == Elf.SHT_NULL;
  }

  long offset() {
    return view.u64(24, STRUCTURE);
  }

  long size() {
    return view.u64(32, STRUCTURE);
  }

  void name(long offset) {
    writer.at(0).u32(offset);
  }

  ElfHeaderLine offset(long offset) {
    writer.at(24).u64(offset);
    return this;
  }

  ElfHeaderLine size(long size) {
    writer.at(32).u64(size);
    return this;
  }

  ElfHeaderLine link(int link, int info) {
    writer.at(40).u32(link).u32(info);
    return this;
  }

  ElfHeaderLine entrySize(long size) {
    writer.at(56).u64(size);
    return this;
  }

  /** Another type, other flags, size and alignment; entries of no size. */
  void become(long type, long flags, long size, long alignment) {
    writer.at(4).u32(type).u64(flags);
    writer.at(32).u64(size);
    writer.at(48).u64(alignment).u64(0);
  }
}
