package dev.calotype.emit;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A 64-bit Mach-O object ({@code mach-o/loader.h}, {@code mach-o/nlist.h}): header, one segment
 * with all sections, build version, symbol tables' commands, contents, relocations, symbols, names.
 */
final class MachOObjectLayout extends ObjectLayout {
  private static final int HEADER_SIZE = 32;
  private static final int SEGMENT_SIZE = 72;
  private static final int SECTION_SIZE = 80;
  private static final int VERSION_SIZE = 24;
  private static final int SYMTAB_SIZE = 24;
  private static final int DYSYMTAB_SIZE = 80;
  private static final int NAME_SIZE = 16;
  private static final int SYMBOL_SIZE = 16;
  private static final int RELOCATION_SIZE = 8;
  private static final int MOST_SECTIONS = 255;
  private static final int MOST_SYMBOLS = 1 << 24;

  private static final long MAGIC_64 = 0xfeed_facfL;
  private static final int OBJECT = 1;
  private static final int LC_SYMTAB = 2;
  private static final int LC_DYSYMTAB = 0xb;
  private static final int LC_SEGMENT_64 = 0x19;
  private static final int LC_BUILD_VERSION = 0x32;
  private static final int ALL_PROTECTIONS = 7;
  private static final int MACOS = 1;

  private static final long S_ZEROFILL = 1;
  private static final long S_ATTR_INSTRUCTIONS = 0x8000_0400L;
  private static final long S_ATTR_NO_DEAD_STRIP = 0x1000_0000;

  private static final int N_EXT = 1;
  private static final int N_ABS = 2;
  private static final int N_SECT = 0xe;
  private static final int N_PEXT = 0x10;
  private static final int N_WEAK_REF = 0x40;
  private static final int N_WEAK_DEF = 0x80;

  MachOObjectLayout(ObjectTarget target) {
    super(target);
  }

  /** Where a section is in memory, and where in the file its relocations are. */
  private record Place(PlacedSection section, long address, long table, int relocations) {}

  @Override
  void require(ObjectSection section) {
    requireAlignment(section.alignment(), MachOWrapLayout.MOST_ALIGNMENT);
    String name = name(section);
    int comma = name.indexOf(',');
    MachOWrapLayout.requireSection(target(), name.substring(0, comma));
    MachOWrapLayout.requireSection(target(), name.substring(comma + 1));
    if (section.noBits() > Long.MAX_VALUE >> 1) {
      throw refused("%d bytes without content".formatted(section.noBits()));
    }
  }

  @Override
  int mostSections() {
    return MOST_SECTIONS;
  }

  @Override
  long mostBytes() {
    return 0xffff_ffffL;
  }

  @Override
  int headSize(int sections) {
    return HEADER_SIZE + commandsSize(sections);
  }

  private static int commandsSize(int sections) {
    return SEGMENT_SIZE + sections * SECTION_SIZE + VERSION_SIZE + SYMTAB_SIZE + DYSYMTAB_SIZE;
  }

  @Override
  void finish(Publication file, List<PlacedSection> sections, ObjectSymbols symbols)
      throws IOException {
    long contents = file.position();
    List<MachOObjectRelocations> relocations = new ArrayList<>();
    for (PlacedSection section : sections) {
      MachOObjectRelocations made = MachOObjectRelocations.of(section, target(), symbols);
      patch(file, section, made.patches());
      relocations.add(made);
    }
    symbols.number(0);
    List<ObjectSymbols.Entry> entries = symbols.inOrder();
    if (entries.size() > MOST_SYMBOLS) {
      throw refused("%d symbols".formatted(entries.size()));
    }
    long[] addresses = addresses(sections);
    List<Place> places = new ArrayList<>();
    for (PlacedSection section : sections) {
      file.align(8);
      var table = relocations.get(section.number() - 1).entries();
      places.add(new Place(section, addresses[section.number()], file.position(), table.size()));
      writeTable(file, table, portion -> encode(portion, symbols));
    }
    file.align(8);
    long table = file.position();
    NameTable names = NameTable.withEmptyName();
    writeTable(file, entries, portion -> symbols(portion, addresses, names));
    byte[] text = names.bytes();
    file.write(text);
    file.align(8);

    ByteWriter head = new ByteWriter(headSize(sections.size()));
    head.u32(MAGIC_64).u32(target().machine()).u32(target().variant()).u32(OBJECT);
    head.u32(4).u32(commandsSize(sections.size())).u32(0).u32(0);
    segment(head, places, addresses[0], contents);
    head.u32(LC_BUILD_VERSION).u32(VERSION_SIZE).u32(MACOS);
    head.u32(MachOWrapLayout.minimumVersion(target())).u32(0).u32(0);
    long namesAt = table + (long) entries.size() * SYMBOL_SIZE;
    head.u32(LC_SYMTAB).u32(SYMTAB_SIZE).u32(table).u32(entries.size());
    head.u32(namesAt).u32(file.position() - namesAt);
    int locals = symbols.localCount();
    int globals = symbols.globalCount();
    head.u32(LC_DYSYMTAB).u32(DYSYMTAB_SIZE).u32(0).u32(locals).u32(locals).u32(globals);
    head.u32(locals + globals).u32(symbols.undefinedCount());
    file.overwrite(0, head.array(), 0, head.array().length);
  }

  /** The addresses by number, those of zeros last; the first is where they end. */
  private static long[] addresses(List<PlacedSection> sections) {
    long[] addresses = new long[sections.size() + 1];
    for (boolean hasBits : new boolean[] {true, false}) {
      for (PlacedSection section : sections) {
        if (section.hasBits() == hasBits) {
          long start = WrapLayout.align(addresses[0], section.section().alignment());
          addresses[section.number()] = start;
          addresses[0] = start + section.size();
        }
      }
    }
    return addresses;
  }

  /** An object's one segment has no name; its sections say where they will go. */
  private static void segment(ByteWriter head, List<Place> places, long end, long contents) {
    int size = SEGMENT_SIZE + places.size() * SECTION_SIZE;
    long start =
        places.stream()
            .filter(place -> place.section.hasBits())
            .mapToLong(place -> place.section.offset())
            .min()
            .orElse(contents);
    head.u32(LC_SEGMENT_64).u32(size).u64(0).u64(0);
    head.u64(0).u64(end).u64(start).u64(contents - start);
    head.u32(ALL_PROTECTIONS).u32(ALL_PROTECTIONS).u32(places.size()).u32(0);
    for (Place place : places) {
      ObjectSection section = place.section.section();
      String name = name(section);
      int comma = name.indexOf(',');
      name(head, name.substring(comma + 1));
      name(head, name.substring(0, comma));
      head.u64(place.address).u64(place.section.size()).u32(place.section.offset());
      head.u32(Long.numberOfTrailingZeros(section.alignment()));
      head.u32(place.relocations == 0 ? 0 : place.table).u32(place.relocations);
      head.u32(flags(section)).u32(0).u32(0).u32(0);
    }
  }

  private static long flags(ObjectSection section) {
    long flags =
        switch (section.kind()) {
          case CODE -> S_ATTR_INSTRUCTIONS;
          case NO_BITS -> S_ZEROFILL;
          default -> 0;
        };
    return section.flags(flags | (section.isRetained() ? S_ATTR_NO_DEAD_STRIP : 0));
  }

  private static byte[] encode(List<MachOObjectRelocations.Entry> portion, ObjectSymbols symbols) {
    ByteWriter out = new ByteWriter(portion.size() * RELOCATION_SIZE);
    for (MachOObjectRelocations.Entry one : portion) {
      long number = one.symbol().isEmpty() ? one.addend() & 0xff_ffff : symbols.index(one.symbol());
      out.u32(one.offset()).u32(number | (long) one.info() << 24);
    }
    return out.array();
  }

  private static byte[] symbols(
      List<ObjectSymbols.Entry> portion, long[] addresses, NameTable names) {
    ByteWriter out = new ByteWriter(portion.size() * SYMBOL_SIZE);
    for (ObjectSymbols.Entry entry : portion) {
      ObjectSymbol symbol = entry.symbol();
      int scope = symbol.isLocal() ? 0 : symbol.isHidden() ? N_EXT | N_PEXT : N_EXT;
      // The writer's own labels are no names of C.
      String name = symbol.name().startsWith("l_.") ? symbol.name() : "_" + symbol.name();
      out.u32(names.offset(name));
      switch (entry.section()) {
        case ObjectSymbols.UNDEFINED -> out.u16(N_EXT).u16(symbol.isWeak() ? N_WEAK_REF : 0).u64(0);
        case ObjectSymbols.ABSOLUTE ->
            out.u16(N_ABS | scope).u16(symbol.isWeak() ? N_WEAK_DEF : 0).u64(symbol.value());
        default ->
            out.u16(N_SECT | scope | entry.section() << 8)
                .u16(symbol.isWeak() ? N_WEAK_DEF : 0)
                .u64(addresses[entry.section()] + symbol.value());
      }
    }
    return out.array();
  }

  /** Segment and section. */
  private static String name(ObjectSection section) {
    String own =
        section
            .name()
            .orElseGet(() ->
                switch (section.kind()) {
                  case CODE -> "__text";
                  case READ_ONLY, NOTE -> "__const";
                  case DATA -> "__data";
                  case NO_BITS -> "__bss";
                });
    if (own.indexOf(',') >= 0) {
      return own;
    }
    return switch (section.kind()) {
      case DATA, NO_BITS -> "__DATA," + own;
      default -> "__TEXT," + own;
    };
  }

  private static void name(ByteWriter out, String name) {
    int next = out.position() + NAME_SIZE;
    out.bytes(WrapLayout.utf8(name)).at(next);
  }
}
