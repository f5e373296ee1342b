package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.SymbolTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * The relocation tables of an image: those its section headers name or, without such, those its
 * dynamic table names. Android's packed tables are left out.
 */
public final class ElfRelocations {
  /** The gABI ("Sections") has one symbol table of each type in a file, and two types. */
  private static final int MOST_SYMBOL_TABLES = 16;

  private final ElfFile image;
  private final ByteView view;
  private final ElfLayout layout;
  private final List<RelocationTable> tables = new ArrayList<>();
  private final ElfTexts names;

  /** The symbol tables by their section: an object has one for all its relocations. */
  private final Map<Long, SymbolTable> symbolTables = new HashMap<>();

  private ElfRelocations(ElfFile image) {
    this.image = image;
    this.view = image.view();
    this.layout = image.header().layout();
    this.names = new ElfTexts(view, "relocation tables");
  }

  /** All tables, by the section headers if there are any. */
  static List<RelocationTable> tables(ElfFile image) {
    ElfRelocations relocations = new ElfRelocations(image);
    List<ElfSection> sections = image.elfSections();
    if (sections.isEmpty()) {
      relocations.addDynamic();
    }
    for (ElfSection section : sections) {
      relocations.add(section, sections);
    }
    return relocations.tables;
  }

  /**
   * Gives {@code place} the address of every dynamic relocation: {@code DT_RELA}, {@code DT_REL},
   * {@code DT_JMPREL} and {@code DT_RELR}, the places a dynamic loader writes to.
   */
  public static void forEachPlace(ElfFile image, LongConsumer place) {
    ElfRelocations relocations = new ElfRelocations(image);
    relocations.addDynamic();
    for (RelocationTable table : relocations.tables) {
      for (Relocation relocation : table) {
        place.accept(relocation.offset());
      }
    }
  }

  private void add(ElfSection section, List<ElfSection> sections) {
    long type = section.typeNumber();
    boolean known =
        type == Elf.SHT_RELA
            || type == Elf.SHT_REL
            || type == Elf.SHT_RELR
            || type == Elf.SHT_ANDROID_RELR
            || type == Elf.SHT_CREL;
    if (!known) {
      return;
    }
    long offset = section.offset();
    String own = names.keep(section.name(), offset);
    // Errors name the table they were found in, so it has to have a name.
    String name = own.isBlank() ? "section header " + section.index() : own;
    long size = section.size();
    view.require(offset, size, name);
    // In linked images sh_info of a dynamic table is 0 or names the section of the PLT's slots.
    OptionalInt changed =
        section.info() > 0 && section.info() < sections.size()
            ? OptionalInt.of((int) section.info())
            : OptionalInt.empty();
    if (type == Elf.SHT_RELR || type == Elf.SHT_ANDROID_RELR) {
      tables.add(new ElfRelativeTable(view, layout, machine(), name, offset, size));
      return;
    }
    SymbolTable symbols = ElfSymbols.empty(view);
    long link = section.link();
    if (link != 0) {
      if (link >= sections.size()) {
        throw view.malformed(
            name, offset, "symbol table " + link, "a section below " + sections.size());
      }
      if (symbolTables.size() == MOST_SYMBOL_TABLES && !symbolTables.containsKey(link)) {
        throw view.malformed(
            name, offset, "another symbol table", "at most %d".formatted(MOST_SYMBOL_TABLES));
      }
      symbols =
          symbolTables.computeIfAbsent(
              link,
              number ->
                  image.symbolsIn(sections.get(number.intValue()), "symbol table of " + name));
    }
    if (type == Elf.SHT_CREL) {
      tables.add(
          new ElfCompactTable(view, layout, machine(), name, changed, offset, size, symbols));
    } else {
      addEntries(name, changed, offset, size, type == Elf.SHT_RELA, symbols);
    }
  }

  private void addDynamic() {
    ElfDynamic dynamic = image.dynamic();
    addDynamic(dynamic, "DT_RELA", Elf.DT_RELA, Elf.DT_RELASZ, true);
    addDynamic(dynamic, "DT_REL", Elf.DT_REL, Elf.DT_RELSZ, false);
    boolean hasAddends = dynamic.first(Elf.DT_PLTREL).orElse(Elf.DT_RELA) == Elf.DT_RELA;
    addDynamic(dynamic, "DT_JMPREL", Elf.DT_JMPREL, Elf.DT_PLTRELSZ, hasAddends);
    OptionalLong relative = dynamic.first(Elf.DT_RELR);
    if (relative.isPresent() && dynamic.required(Elf.DT_RELRSZ) != 0) {
      long start = image.fileOffset(relative.getAsLong(), "DT_RELR");
      long size = dynamic.required(Elf.DT_RELRSZ);
      view.require(start, size, "DT_RELR");
      tables.add(new ElfRelativeTable(view, layout, machine(), "DT_RELR", start, size));
    }
  }

  private void addDynamic(
      ElfDynamic dynamic, String name, long table, long sizeTag, boolean hasAddends) {
    OptionalLong address = dynamic.first(table);
    if (address.isEmpty() || dynamic.required(sizeTag) == 0) {
      return;
    }
    long start = image.fileOffset(address.getAsLong(), name);
    long size = dynamic.required(sizeTag);
    view.require(start, size, name);
    addEntries(name, OptionalInt.empty(), start, size, hasAddends, image.dynamicSymbols());
  }

  private void addEntries(
      String name,
      OptionalInt changed,
      long offset,
      long size,
      boolean hasAddends,
      SymbolTable symbols) {
    long count = size / ((hasAddends ? 3L : 2L) * layout.wordSize());
    tables.add(
        new ElfEntryTable(
            view, layout, machine(), name, changed, offset, count, hasAddends, symbols));
  }

  private int machine() {
    return image.machine();
  }
}
