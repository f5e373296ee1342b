package dev.calotype.emit;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.Format;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A relocatable ELF64 object (gABI, "ELF Header", "Sections", "Symbol Table"): file header,
 * property note, payload, symbols, names, section headers. See docs/wrap-format.md.
 */
final class ElfWrapLayout extends WrapLayout {
  /** The most that LLD takes for {@code sh_addralign}. */
  static final long MOST_ALIGNMENT = 1L << 31;

  private static final String PROPERTY = ".note.gnu.property";
  private static final String STACK = ".note.GNU-stack";
  private static final String SYMBOLS = ".symtab";
  private static final String SYMBOL_NAMES = ".strtab";
  private static final String SECTION_NAMES = ".shstrtab";
  private static final Set<String> OURS =
      Set.of(PROPERTY, STACK, SYMBOLS, SYMBOL_NAMES, SECTION_NAMES);

  private static final int FILE_HEADER_SIZE = 64;
  private static final int SECTION_HEADER_SIZE = 64;
  private static final int SYMBOL_SIZE = 24;

  private static final int ET_REL = 1;
  private static final int SHT_PROGBITS = 1;
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_STRTAB = 3;
  private static final int SHT_NOTE = 7;
  private static final long SHF_ALLOC = 2;
  private static final long SHF_EXCLUDE = 0x8000_0000L;
  private static final int STB_GLOBAL_STT_OBJECT = 0x11;

  private final Wrap wrap;
  private final ByteOrder order;
  private final byte[] note;
  private final int payloadOffset;
  private final List<String> sections = new ArrayList<>(List.of(""));
  private final byte[] sectionNames;
  private final byte[] symbolNames;
  private final int symbols;

  ElfWrapLayout(Wrap wrap) {
    this.wrap = wrap;
    this.order = wrap.target().target().byteOrder();
    this.note = property(wrap.target());
    this.payloadOffset = payloadOffset(FILE_HEADER_SIZE + note.length, wrap.alignment());
    if (note.length > 0) {
      sections.add(PROPERTY);
    }
    sections.addAll(List.of(wrap.section(), STACK, SYMBOLS, SYMBOL_NAMES, SECTION_NAMES));
    // The first name is the empty one, so each starts right after the NUL of the one before.
    this.sectionNames = utf8(String.join("\0", sections) + "\0");
    this.symbolNames = utf8("\0" + wrap.symbol().map(name -> name + "\0").orElse(""));
    this.symbols = wrap.symbol().isPresent() ? 2 : 1;
  }

  /** Refuses names of sections that mean something else to linkers. */
  static void requireSection(ObjectTarget target, String name) {
    if (OURS.contains(name)) {
      throw new RefusedException(
          target.triple(), "section name %s has a meaning of its own in ELF".formatted(name));
    }
  }

  @Override
  Format format() {
    return Format.ELF;
  }

  @Override
  long mostPayload() {
    return Long.MAX_VALUE - (1 << 20);
  }

  @Override
  byte[] head(long size) {
    ByteWriter out = new ByteWriter(new byte[payloadOffset], order);
    byte data = (byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2);
    out.bytes(new byte[] {0x7f, 'E', 'L', 'F', 2, data, 1});
    out.at(16).u16(ET_REL).u16(wrap.target().machine()).u32(1);
    out.u64(0).u64(0).u64(sectionHeaders(size)).u32(wrap.target().variant());
    out.u16(FILE_HEADER_SIZE).u16(0).u16(0);
    out.u16(SECTION_HEADER_SIZE).u16(sections.size()).u16(sections.size() - 1);
    return out.bytes(note).array();
  }

  @Override
  byte[] tail(long size) {
    long start = payloadOffset + size;
    long end = sectionHeaders(size) + (long) sections.size() * SECTION_HEADER_SIZE;
    ByteWriter out = new ByteWriter(new byte[(int) (end - start)], order);
    out.at((int) (symbolTable(size) - start) + SYMBOL_SIZE);
    if (wrap.symbol().isPresent()) {
      out.u32(1).bytes(new byte[] {STB_GLOBAL_STT_OBJECT, 0}).u16(payloadIndex());
      out.u64(0).u64(size);
    }
    out.bytes(symbolNames).bytes(sectionNames);
    out.at((int) (sectionHeaders(size) - start) + SECTION_HEADER_SIZE);
    long names = symbolTable(size) + (long) symbols * SYMBOL_SIZE;
    if (note.length > 0) {
      section(out, PROPERTY, SHT_NOTE, 0, FILE_HEADER_SIZE, note.length, 8);
    }
    long flags =
        switch (wrap.shape()) {
          case CARRIED -> SHF_EXCLUDE;
          case KEPT -> 0;
          case NOTE -> SHF_ALLOC;
        };
    int type = wrap.shape() == WrapShape.NOTE ? SHT_NOTE : SHT_PROGBITS;
    section(out, wrap.section(), type, flags, payloadOffset, size, wrap.alignment());
    section(out, STACK, SHT_PROGBITS, 0, payloadOffset + size, 0, 1);
    symbolSection(out, symbolTable(size));
    section(out, SYMBOL_NAMES, SHT_STRTAB, 0, names, symbolNames.length, 1);
    section(out, SECTION_NAMES, SHT_STRTAB, 0, names + symbolNames.length, sectionNames.length, 1);
    return out.array();
  }

  private void section(
      ByteWriter out, String name, int type, long flags, long offset, long size, long alignment) {
    out.u32(nameOffset(name)).u32(type).u64(flags).u64(0).u64(offset).u64(size);
    out.u32(0).u32(0).u64(alignment).u64(0);
  }

  /** The table links to its names, which follow it, and says how many symbols are local: one. */
  private void symbolSection(ByteWriter out, long offset) {
    out.u32(nameOffset(SYMBOLS)).u32(SHT_SYMTAB).u64(0).u64(0).u64(offset);
    out.u64((long) symbols * SYMBOL_SIZE);
    out.u32(sections.indexOf(SYMBOL_NAMES)).u32(1).u64(8).u64(SYMBOL_SIZE);
  }

  private int nameOffset(String name) {
    int offset = 0;
    for (String section : sections.subList(0, sections.indexOf(name))) {
      offset += utf8(section).length + 1;
    }
    return offset;
  }

  private int payloadIndex() {
    return note.length > 0 ? 2 : 1;
  }

  private long symbolTable(long size) {
    return align(payloadOffset + size, 8);
  }

  private long sectionHeaders(long size) {
    long names = symbolTable(size) + (long) symbols * SYMBOL_SIZE;
    return align(names + symbolNames.length + sectionNames.length, 8);
  }

  /**
   * The note that says an object keeps up what its machine's hardware checks of branches. Without
   * it in every object the linker drops the protection of all (x86-64 psABI, "Program Property";
   * AAELF64, "Program Property"): indirect branch tracking and shadow stacks, or branch targets and
   * signed return addresses.
   */
  static byte[] property(ObjectTarget target) {
    int type =
        switch (target) {
          case X86_64_LINUX -> 0xc000_0002;
          case AARCH64_LINUX -> 0xc000_0000;
          default -> 0;
        };
    if (type == 0) {
      return new byte[0];
    }
    ByteWriter out = new ByteWriter(32);
    out.u32(4).u32(16).u32(5).bytes(new byte[] {'G', 'N', 'U', 0});
    return out.u32(type).u32(4).u32(3).u32(0).array();
  }
}
