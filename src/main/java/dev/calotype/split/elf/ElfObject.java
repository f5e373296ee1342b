package dev.calotype.split.elf;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfFile;
import dev.calotype.image.elf.ElfLayout;
import dev.calotype.image.elf.ElfSection;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A relocatable ELF object as splitting needs it: places of fields that will change, and not only
 * their values. All tables are checked to lie in the file.
 */
final class ElfObject {
  static final int SYMBOL_SIZE = ElfLayout.ELF64.symbolSize();
  static final int ENTRY_SIZE = 24;
  static final int SECTION_HEADER_SIZE = ElfLayout.ELF64.sectionHeaderSize();

  static final int EM_X86_64 = 62;
  static final int EM_AARCH64 = 183;
  static final int EM_RISCV = 243;

  /** From here on, section indexes mean something else, or are elsewhere. */
  private static final int SHN_LORESERVE = 0xff00;

  private static final String SYMBOLS = "symbol table";

  private final ElfFile image;
  private final ByteView view;
  private final List<ElfSection> sections;
  private final ElfSection symbols;

  private ElfObject(ElfFile image, List<ElfSection> sections, ElfSection symbols) {
    this.image = image;
    this.view = image.view();
    this.sections = sections;
    this.symbols = symbols;
  }

  /**
   * Takes an object.
   *
   * @throws RefusedException if it is none that can be split
   */
  static ElfObject of(ElfFile image) {
    String file = image.file();
    int machine = image.header().machine();
    boolean known = machine == EM_X86_64 || machine == EM_AARCH64 || machine == EM_RISCV;
    if (image.header().layout() != ElfLayout.ELF64
        || image.header().order() != ByteOrder.LITTLE_ENDIAN
        || !known) {
      throw new RefusedException(
          file,
          "is an object for %s; only those for x86_64, aarch64 and riscv64 can be split"
              .formatted(image.target().id()));
    }
    if (image.header().type() != Elf.ET_REL) {
      throw new RefusedException(file, "is no relocatable object but " + image.type());
    }
    List<ElfSection> sections = List.copyOf(image.elfSections());
    if (sections.size() >= SHN_LORESERVE - 8) {
      throw new RefusedException(file, "has %d sections".formatted(sections.size()));
    }
    List<ElfSection> tables =
        sections.stream().filter(section -> section.typeNumber() == Elf.SHT_SYMTAB).toList();
    if (tables.size() != 1 || tables.getFirst().link() >= sections.size()) {
      throw new RefusedException(file, "has no symbol table that its relocations could use");
    }
    ElfSection symbols = tables.getFirst();
    image.view().require(symbols.offset(), symbols.fileSize(), SYMBOLS);
    return new ElfObject(image, sections, symbols);
  }

  String file() {
    return view.file();
  }

  ByteView view() {
    return view;
  }

  int machine() {
    return image.header().machine();
  }

  ElfFile image() {
    return image;
  }

  List<ElfSection> sections() {
    return sections;
  }

  ElfSection symbols() {
    return symbols;
  }

  int symbolCount() {
    return (int) Math.min(symbols.fileSize() / SYMBOL_SIZE, Integer.MAX_VALUE);
  }

  /** Where a symbol's entry is in the file. */
  long symbolAt(long index) {
    if (index >= symbolCount()) {
      throw view.malformed(
          SYMBOLS, symbols.offset(), "symbol " + index, "one below %d".formatted(symbolCount()));
    }
    return symbols.offset() + index * SYMBOL_SIZE;
  }

  /** The section a symbol is in; 0 if it is in none. */
  int symbolSection(long index) {
    int number = view.u16(symbolAt(index) + 6, SYMBOLS);
    return number >= SHN_LORESERVE || number >= sections.size() ? 0 : number;
  }

  long symbolValue(long index) {
    return view.u64(symbolAt(index) + 8, SYMBOLS);
  }

  long symbolSize(long index) {
    return view.u64(symbolAt(index) + 16, SYMBOLS);
  }

  int symbolType(long index) {
    return view.u8(symbolAt(index) + 4, SYMBOLS) & 15;
  }

  int symbolBinding(long index) {
    return view.u8(symbolAt(index) + 4, SYMBOLS) >> 4;
  }

  int symbolVisibility(long index) {
    return view.u8(symbolAt(index) + 5, SYMBOLS) & 3;
  }

  String symbolName(long index) {
    long name = view.u32(symbolAt(index), SYMBOLS);
    ElfSection strings = sections.get((int) symbols.link());
    view.require(strings.offset(), strings.fileSize(), "string table");
    if (name >= strings.fileSize()) {
      throw view.malformed(
          SYMBOLS,
          symbolAt(index),
          "name offset 0x%x".formatted(name),
          "one within %d bytes of names".formatted(strings.fileSize()));
    }
    return name == 0
        ? ""
        : view.string(
            strings.offset() + name, strings.offset() + strings.fileSize(), "string table");
  }
}
