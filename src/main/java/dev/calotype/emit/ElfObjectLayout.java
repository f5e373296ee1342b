package dev.calotype.emit;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A relocatable ELF64 object (gABI, "ELF Header", "Sections", "Symbol Table", "Relocation"): file
 * header, contents, relocations, symbols, names, section headers.
 */
final class ElfObjectLayout extends ObjectLayout {
  private static final int FILE_HEADER_SIZE = 64;
  private static final int SECTION_HEADER_SIZE = 64;
  private static final int SYMBOL_SIZE = 24;
  private static final int RELOCATION_SIZE = 24;

  private static final int ELFOSABI_GNU = 3;
  private static final int ET_REL = 1;
  private static final int SHT_PROGBITS = 1;
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_STRTAB = 3;
  private static final int SHT_RELA = 4;
  private static final int SHT_NOTE = 7;
  private static final int SHT_NOBITS = 8;
  private static final long SHF_WRITE = 1;
  private static final long SHF_ALLOC = 2;
  private static final long SHF_EXECINSTR = 4;
  private static final long SHF_INFO_LINK = 0x40;
  private static final long SHF_GNU_RETAIN = 0x20_0000;
  private static final int SHN_ABS = 0xfff1;
  private static final int STV_HIDDEN = 2;

  /** Twice as many, with relocations, are less than the 65,279 that a header can count. */
  private static final int MOST_SECTIONS = 32_000;

  private final ByteOrder order;
  private final NameTable sectionNames = NameTable.withEmptyName();
  private final List<Header> headers = new ArrayList<>();

  ElfObjectLayout(ObjectTarget target) {
    super(target);
    this.order = target.target().byteOrder();
  }

  /** A section header; numbers of other sections are known when it is made. */
  private record Header(
      int name,
      long type,
      long flags,
      long offset,
      long size,
      int link,
      int info,
      long alignment,
      int entrySize) {}

  @Override
  void require(ObjectSection section) {
    requireAlignment(section.alignment(), ElfWrapLayout.MOST_ALIGNMENT);
    section.name().ifPresent(name -> ElfWrapLayout.requireSection(target(), name));
  }

  @Override
  int mostSections() {
    return MOST_SECTIONS;
  }

  @Override
  long mostBytes() {
    return Long.MAX_VALUE - (1 << 20);
  }

  @Override
  int headSize(int sections) {
    return FILE_HEADER_SIZE;
  }

  @Override
  void finish(Publication file, List<PlacedSection> sections, ObjectSymbols symbols)
      throws IOException {
    List<List<ElfObjectRelocations.Entry>> relocations = new ArrayList<>();
    int tables = 0;
    for (PlacedSection section : sections) {
      var entries = ElfObjectRelocations.of(section, target(), symbols);
      relocations.add(entries);
      tables += entries.isEmpty() ? 0 : 1;
    }
    byte[] property = hasCode(sections) ? new byte[0] : ElfWrapLayout.property(target());
    symbols.number(1);
    int symbolTable = 1 + sections.size() + tables + (property.length > 0 ? 1 : 0) + 1;

    headers.add(new Header(0, 0, 0, 0, 0, 0, 0, 0, 0));
    for (PlacedSection section : sections) {
      headers.add(header(section, !relocations.get(section.number() - 1).isEmpty()));
    }
    for (PlacedSection section : sections) {
      var entries = relocations.get(section.number() - 1);
      if (!entries.isEmpty()) {
        file.align(8);
        int name = sectionNames.offset(".rela" + name(section.section()));
        long size = (long) entries.size() * RELOCATION_SIZE;
        header(name, SHT_RELA, SHF_INFO_LINK, file.position(), size, 8)
            .replaceLast(symbolTable, section.number(), RELOCATION_SIZE);
        writeTable(file, entries, portion -> encode(portion, symbols));
      }
    }
    if (property.length > 0) {
      file.align(8);
      int name = sectionNames.offset(".note.gnu.property");
      header(name, SHT_NOTE, SHF_ALLOC, file.position(), property.length, 8);
      file.write(property);
    }
    header(sectionNames.offset(".note.GNU-stack"), SHT_PROGBITS, 0, file.position(), 0, 1);
    writeSymbols(file, symbols, symbolTable);
    writeHeaders(file);
  }

  private void writeSymbols(Publication file, ObjectSymbols symbols, int symbolTable)
      throws IOException {
    NameTable names = NameTable.withEmptyName();
    List<ObjectSymbols.Entry> entries = symbols.inOrder();
    file.align(8);
    long size = (entries.size() + 1L) * SYMBOL_SIZE;
    header(sectionNames.offset(".symtab"), SHT_SYMTAB, 0, file.position(), size, 8)
        .replaceLast(symbolTable + 1, symbols.localCount() + 1, SYMBOL_SIZE);
    file.write(new byte[SYMBOL_SIZE]);
    writeTable(file, entries, portion -> symbols(portion, names));
    byte[] text = names.bytes();
    header(sectionNames.offset(".strtab"), SHT_STRTAB, 0, file.position(), text.length, 1);
    file.write(text);
  }

  private void writeHeaders(Publication file) throws IOException {
    int name = sectionNames.offset(".shstrtab");
    byte[] text = sectionNames.bytes();
    header(name, SHT_STRTAB, 0, file.position(), text.length, 1);
    file.write(text);
    file.align(8);
    byte[] head = head(file.position());
    writeTable(file, headers, this::encode);
    file.overwrite(0, head, 0, head.length);
  }

  private byte[] head(long sectionHeaders) {
    ByteWriter out = new ByteWriter(new byte[FILE_HEADER_SIZE], order);
    byte data = (byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2);
    // GNU ld believes the flag only in a file that says it is GNU's.
    boolean isGnu = headers.stream().anyMatch(one -> (one.flags & SHF_GNU_RETAIN) != 0);
    out.bytes(new byte[] {0x7f, 'E', 'L', 'F', 2, data, 1, (byte) (isGnu ? ELFOSABI_GNU : 0)});
    out.at(16).u16(ET_REL).u16(target().machine()).u32(1);
    out.u64(0).u64(0).u64(sectionHeaders).u32(target().variant());
    out.u16(FILE_HEADER_SIZE).u16(0).u16(0);
    return out.u16(SECTION_HEADER_SIZE).u16(headers.size()).u16(headers.size() - 1).array();
  }

  private Header header(PlacedSection placed, boolean hasRelocations) {
    ObjectSection section = placed.section();
    String name = name(section);
    // Its name is also the end of that of its relocations.
    int offset =
        hasRelocations
            ? sectionNames.offset(".rela" + name) + ".rela".length()
            : sectionNames.offset(name);
    int type =
        switch (section.kind()) {
          case NO_BITS -> SHT_NOBITS;
          case NOTE -> SHT_NOTE;
          default -> SHT_PROGBITS;
        };
    long flags =
        switch (section.kind()) {
          case CODE -> SHF_ALLOC | SHF_EXECINSTR;
          case READ_ONLY, NOTE -> SHF_ALLOC;
          case DATA, NO_BITS -> SHF_ALLOC | SHF_WRITE;
        };
    // Notes are kept anyway, and a flag of GNU's would only be misread.
    boolean isRetained = section.isRetained() && section.kind() != ObjectSection.Kind.NOTE;
    return new Header(
        offset,
        section.type(type),
        section.flags(flags | (isRetained ? SHF_GNU_RETAIN : 0)),
        placed.offset(),
        placed.size(),
        0,
        0,
        section.alignment(),
        0);
  }

  private ElfObjectLayout header(
      int name, int type, long flags, long offset, long size, long alignment) {
    headers.add(new Header(name, type, flags, offset, size, 0, 0, alignment, 0));
    return this;
  }

  /** Completes the header that was added last. */
  private void replaceLast(int link, int info, int entrySize) {
    Header last = headers.removeLast();
    headers.add(
        new Header(
            last.name,
            last.type,
            last.flags,
            last.offset,
            last.size,
            link,
            info,
            last.alignment,
            entrySize));
  }

  private byte[] encode(List<Header> portion) {
    ByteWriter out = new ByteWriter(new byte[portion.size() * SECTION_HEADER_SIZE], order);
    for (Header one : portion) {
      out.u32(one.name).u32(one.type).u64(one.flags).u64(0).u64(one.offset).u64(one.size);
      out.u32(one.link).u32(one.info).u64(one.alignment).u64(one.entrySize);
    }
    return out.array();
  }

  private byte[] encode(List<ElfObjectRelocations.Entry> portion, ObjectSymbols symbols) {
    ByteWriter out = new ByteWriter(new byte[portion.size() * RELOCATION_SIZE], order);
    for (ElfObjectRelocations.Entry one : portion) {
      long symbol = symbols.index(one.symbol());
      out.u64(one.offset()).u64(symbol << 32 | one.type()).u64(one.addend());
    }
    return out.array();
  }

  private byte[] symbols(List<ObjectSymbols.Entry> portion, NameTable names) {
    ByteWriter out = new ByteWriter(new byte[portion.size() * SYMBOL_SIZE], order);
    for (ObjectSymbols.Entry entry : portion) {
      ObjectSymbol symbol = entry.symbol();
      boolean isDefined = entry.section() != ObjectSymbols.UNDEFINED;
      int binding =
          switch (symbol.binding()) {
            case LOCAL -> 0;
            case GLOBAL -> 1;
            case WEAK -> 2;
          };
      // What is defined elsewhere has its type there.
      int type = !isDefined ? 0 : symbol.isFunction() ? 2 : 1;
      out.u32(names.offset(symbol.name()));
      out.bytes(
          new byte[] {(byte) (binding << 4 | type), (byte) (symbol.isHidden() ? STV_HIDDEN : 0)});
      out.u16(entry.section() == ObjectSymbols.ABSOLUTE ? SHN_ABS : entry.section());
      out.u64(isDefined ? symbol.value() : 0).u64(isDefined ? symbol.size() : 0);
    }
    return out.array();
  }

  private static boolean hasCode(List<PlacedSection> sections) {
    return sections.stream()
        .anyMatch(section -> section.section().kind() == ObjectSection.Kind.CODE);
  }

  private static String name(ObjectSection section) {
    return section
        .name()
        .orElseGet(() ->
            switch (section.kind()) {
              case CODE -> ".text";
              case READ_ONLY, NOTE -> ".rodata";
              case DATA -> ".data";
              case NO_BITS -> ".bss";
            });
  }
}
