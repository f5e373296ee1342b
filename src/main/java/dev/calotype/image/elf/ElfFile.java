package dev.calotype.image.elf;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.EntryList;
import dev.calotype.bytes.Name;
import dev.calotype.image.ElfImage;
import dev.calotype.image.Export;
import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.image.Import;
import dev.calotype.image.Note;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.SymbolTable;
import dev.calotype.image.Target;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An ELF image. */
public final class ElfFile implements ElfImage {
  private static final String SECTION_TABLE = "section header table";
  private static final String PROGRAM_TABLE = "program header table";

  private final ByteView view;
  private final ElfHeader header;

  private ElfFile(ByteView view, ElfHeader header) {
    this.view = view;
    this.header = header;
  }

  /** Reads the file header. See {@link Image#of}. */
  public static ElfFile of(MemorySegment bytes, String name) {
    ByteView view = new ByteView(bytes.asReadOnly(), name);
    ElfHeader header = ElfHeader.read(view);
    return new ElfFile(view.withOrder(header.order()), header);
  }

  /** The checked bytes. */
  public ByteView view() {
    return view;
  }

  /** The file header. */
  public ElfHeader header() {
    return header;
  }

  @Override
  public String file() {
    return view.file();
  }

  @Override
  public MemorySegment bytes() {
    return view.bytes();
  }

  @Override
  public Target target() {
    return new Target(Elf.architecture(header), Format.ELF, header.layout().bits(), header.order());
  }

  @Override
  public String type() {
    return Elf.fileType(header.type());
  }

  @Override
  public int fileType() {
    return header.type();
  }

  @Override
  public int machine() {
    return header.machine();
  }

  @Override
  public int osAbi() {
    return view.u8(7, "ELF header");
  }

  @Override
  public long flags() {
    return view.u32(header.layout().at(36, 48), "ELF header");
  }

  @Override
  public long entryPoint() {
    return header.layout().word(view, 24, "ELF header");
  }

  @Override
  public List<Section> sections() {
    return Collections.unmodifiableList(elfSections());
  }

  @Override
  public Optional<Section> section(String name) {
    long found = ElfTraverser.section(view.bytes(), view.file(), new Name(name));
    if (found == ElfTraverser.ABSENT) {
      return Optional.empty();
    }
    long index = (found - header.sectionHeaders()) / header.layout().sectionHeaderSize();
    return Optional.of(new ElfSection(this, found, (int) index));
  }

  /** The sections with what only ELF has. */
  public List<ElfSection> elfSections() {
    long start = header.sectionHeaders();
    if (start == 0) {
      return List.of();
    }
    requireEntrySize(
        SECTION_TABLE,
        header.layout().at(46, 58),
        header.sectionHeaderSize(),
        header.layout().sectionHeaderSize());
    // gABI, "Extended numbering": a count that does not fit is the size of section 0.
    long count =
        header.sectionHeaderCount() != 0
            ? header.sectionHeaderCount()
            : sectionZero(Zero.SIZE, start);
    int checked = checkedCount(SECTION_TABLE, start, count, header.layout().sectionHeaderSize());
    return new EntryList<>(
        checked,
        i -> new ElfSection(this, start + (long) i * header.layout().sectionHeaderSize(), i));
  }

  @Override
  public List<Segment> segments() {
    return Collections.unmodifiableList(elfSegments());
  }

  /** The program headers with what only ELF has. */
  public List<ElfSegment> elfSegments() {
    long start = header.programHeaders();
    if (start == 0 || header.programHeaderCount() == 0) {
      return List.of();
    }
    requireEntrySize(
        PROGRAM_TABLE,
        header.layout().at(42, 54),
        header.programHeaderSize(),
        header.layout().programHeaderSize());
    long count =
        header.programHeaderCount() != Elf.PN_XNUM || header.sectionHeaders() == 0
            ? header.programHeaderCount()
            : sectionZero(Zero.INFO, header.sectionHeaders());
    int checked = checkedCount(PROGRAM_TABLE, start, count, header.layout().programHeaderSize());
    return new EntryList<>(
        checked,
        i ->
            new ElfSegment(
                view, header.layout(), start + (long) i * header.layout().programHeaderSize(), i));
  }

  @Override
  public SymbolTable symbols() {
    return sectionSymbols(Elf.SHT_SYMTAB, "symbol table").orElse(ElfSymbols.empty(view));
  }

  @Override
  public SymbolTable dynamicSymbols() {
    Optional<SymbolTable> table;
    try {
      table = sectionSymbols(Elf.SHT_DYNSYM, "dynamic symbol table");
    } catch (MalformedImageException e) {
      // A loader reads no section headers, so bad ones must not hide what it would see.
      table = Optional.empty();
    }
    return table.orElseGet(() -> ElfHash.dynamicSymbols(this));
  }

  @Override
  public List<Note> notes() {
    List<Note> notes = new ArrayList<>();
    List<ElfSegment> segments = elfSegments();
    for (ElfSegment segment : segments) {
      if (segment.typeNumber() == Elf.PT_NOTE) {
        String structure = "program header " + segment.index();
        ElfNotes.read(
            view, segment.offset(), segment.fileSize(), segment.alignment(), structure, notes);
      }
    }
    if (segments.isEmpty()) {
      for (ElfSection section : elfSections()) {
        if (section.typeNumber() == Elf.SHT_NOTE) {
          String structure = "section header " + section.index();
          ElfNotes.read(
              view, section.offset(), section.size(), section.alignment(), structure, notes);
        }
      }
    }
    return notes;
  }

  @Override
  public Optional<String> buildId() {
    for (Note note : notes()) {
      if (note.owner().equals("GNU") && note.type() == Elf.NT_GNU_BUILD_ID) {
        // Linkers write 8 to 64 bytes; the bound keeps a lying size from filling the heap.
        long size = Math.min(note.descriptor().byteSize(), 1024);
        byte[] id = note.descriptor().asSlice(0, size).toArray(ValueLayout.JAVA_BYTE);
        return Optional.of(HexFormat.of().formatHex(id));
      }
    }
    return Optional.empty();
  }

  @Override
  public List<String> needed() {
    return dynamic().strings(Elf.DT_NEEDED);
  }

  @Override
  public Optional<String> interpreter() {
    for (ElfSegment segment : elfSegments()) {
      if (segment.typeNumber() == Elf.PT_INTERP) {
        long offset = segment.offset();
        view.require(offset, segment.fileSize(), "interpreter");
        return Optional.of(view.string(offset, offset + segment.fileSize(), "interpreter"));
      }
    }
    return Optional.empty();
  }

  @Override
  public Optional<String> soname() {
    return dynamic().strings(Elf.DT_SONAME).stream().findFirst();
  }

  @Override
  public Optional<String> runPath() {
    ElfDynamic dynamic = dynamic();
    return Stream.concat(
            dynamic.strings(Elf.DT_RUNPATH).stream(), dynamic.strings(Elf.DT_RPATH).stream())
        .findFirst();
  }

  @Override
  public List<DynamicEntry> dynamicEntries() {
    ElfDynamic dynamic = dynamic();
    return new EntryList<>(
        (int) dynamic.count(), i -> new DynamicEntry(dynamic.tag(i), dynamic.value(i)));
  }

  @Override
  public List<NeededVersion> neededVersions() {
    return ElfVersions.needed(this);
  }

  @Override
  public List<DefinedVersion> definedVersions() {
    return ElfVersions.defined(this);
  }

  @Override
  public List<RelocationTable> relocations() {
    return ElfRelocations.tables(this);
  }

  @Override
  public Iterable<Export> exports() {
    return ElfLinkage.exports(dynamicSymbols());
  }

  @Override
  public Iterable<Import> imports() {
    return ElfLinkage.imports(dynamicSymbols());
  }

  /** The name of one of its machine's relocation types, or {@code type-N}. */
  public String relocationType(int type) {
    return ElfRelocationTypes.name(machine(), header.layout(), type);
  }

  /** The dynamic table, empty if there is none. */
  public ElfDynamic dynamic() {
    return ElfDynamic.read(this);
  }

  /**
   * Where the byte loaded at {@code address} is in the file.
   *
   * @throws MalformedImageException if no {@code PT_LOAD} has it in its file bytes
   */
  public long fileOffset(long address, String structure) {
    for (ElfSegment segment : elfSegments()) {
      long inside = address - segment.address();
      if (segment.typeNumber() == Elf.PT_LOAD
          && inside >= 0
          && Long.compareUnsigned(inside, segment.fileSize()) < 0) {
        return segment.offset() + inside;
      }
    }
    throw view.malformed(
        structure, 0, "address 0x%x".formatted(address), "one that a segment loads from the file");
  }

  String sectionName(long name, String structure) {
    long index =
        header.sectionNames() == Elf.SHN_XINDEX
            ? sectionZero(Zero.LINK, header.sectionHeaders())
            : header.sectionNames();
    if (index == 0) {
      return "";
    }
    if (index >= elfSections().size()) {
      throw view.malformed(
          "ELF header",
          62,
          "section name table " + index,
          "a section below " + elfSections().size());
    }
    long names = header.sectionHeaders() + index * header.layout().sectionHeaderSize();
    long offset =
        header.layout().word(view, names + header.layout().at(16, 24), "section name table");
    long size =
        header.layout().word(view, names + header.layout().at(20, 32), "section name table");
    view.require(offset, size, "section name table");
    if (name >= size) {
      throw view.malformed(
          structure,
          offset,
          "name offset 0x%x".formatted(name),
          "one within %d bytes of names".formatted(size));
    }
    return view.string(offset + name, offset + size, structure);
  }

  private Optional<SymbolTable> sectionSymbols(long type, String structure) {
    for (ElfSection section : elfSections()) {
      if (section.typeNumber() == type) {
        return Optional.of(symbolsIn(section, structure));
      }
    }
    return Optional.empty();
  }

  /** The symbols in a section of type {@code SYMTAB} or {@code DYNSYM}. */
  SymbolTable symbolsIn(ElfSection section, String structure) {
    List<ElfSection> sections = elfSections();
    view.require(section.offset(), section.fileSize(), structure);
    long link = section.link();
    if (link >= sections.size()) {
      throw view.malformed(
          structure,
          section.offset(),
          "string table " + link,
          "a section below " + sections.size());
    }
    ElfSection strings = sections.get((int) link);
    view.require(strings.offset(), strings.fileSize(), structure + "'s strings");
    long count = section.fileSize() / header.layout().symbolSize();
    return new ElfSymbols(
        view,
        header.layout(),
        structure,
        section.offset(),
        count,
        strings.offset(),
        strings.offset() + strings.fileSize(),
        extendedIndexes(section.index(), count));
  }

  /** Where the section indexes that do not fit into 16 bits are (gABI, "Symbol Table"). */
  private long extendedIndexes(int table, long count) {
    // Only a file with that many sections has them: do not search the headers of any other.
    if (header.sectionHeaderCount() != 0) {
      return ElfSymbols.NO_INDEXES;
    }
    for (ElfSection section : elfSections()) {
      if (section.typeNumber() == Elf.SHT_SYMTAB_SHNDX && section.link() == table) {
        view.require(section.offset(), count * 4, "extended section indexes");
        return section.offset();
      }
    }
    return ElfSymbols.NO_INDEXES;
  }

  /** The fields of section 0 that hold what does not fit into the file header. */
  private enum Zero {
    SIZE,
    LINK,
    INFO
  }

  private long sectionZero(Zero field, long start) {
    ElfLayout layout = header.layout();
    view.require(start, layout.sectionHeaderSize(), SECTION_TABLE);
    return switch (field) {
      case SIZE -> layout.word(view, start + layout.at(20, 32), SECTION_TABLE);
      case LINK -> view.u32(start + layout.at(24, 40), SECTION_TABLE);
      case INFO -> view.u32(start + layout.at(28, 44), SECTION_TABLE);
    };
  }

  private void requireEntrySize(String structure, long field, int actual, int expected) {
    if (actual != expected) {
      throw view.malformed(structure, field, actual + " bytes an entry", expected + "");
    }
  }

  private int checkedCount(String structure, long start, long count, int entrySize) {
    view.require(start, 0, structure);
    long most = Math.min((view.size() - start) / entrySize, Integer.MAX_VALUE);
    if (count < 0 || count > most) {
      throw view.malformed(
          structure,
          start,
          "%s entries".formatted(Long.toUnsignedString(count)),
          "at most %d before the file ends".formatted(most));
    }
    return (int) count;
  }
}
