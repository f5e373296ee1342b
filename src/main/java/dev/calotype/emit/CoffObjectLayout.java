package dev.calotype.emit;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A COFF object (Microsoft PE/COFF, "COFF File Header", "Section Table", "COFF Relocations", "COFF
 * Symbol Table"): headers, contents, relocations, symbols, long names.
 */
final class CoffObjectLayout extends ObjectLayout {
  private static final int FILE_HEADER_SIZE = 20;
  private static final int SECTION_HEADER_SIZE = 40;
  private static final int SYMBOL_SIZE = 18;
  private static final int RELOCATION_SIZE = 10;
  private static final int SHORT_NAME = 8;
  private static final int MOST_SECTIONS = 32_000;

  private static final long CODE = 0x6000_0020;
  private static final long READ_ONLY = 0x4000_0040;
  private static final long DATA = 0xc000_0040L;
  private static final long NO_BITS = 0xc000_0080L;
  private static final int ALIGN_1BYTES = 0x10_0000;
  private static final long ALIGN_MASK = 0xf0_0000;
  private static final long NRELOC_OVFL = 0x100_0000;
  private static final int MOST_COUNTED = 0xffff;

  private static final int EXTERNAL = 2;
  private static final int STATIC = 3;
  private static final int WEAK_EXTERNAL = 105;
  private static final int FUNCTION = 0x20;

  /** {@code IMAGE_WEAK_EXTERN_SEARCH_ALIAS}: the default is another name for the same. */
  private static final int SEARCH_ALIAS = 3;

  private final NameTable names = new NameTable(4);
  private final List<Symbol> table = new ArrayList<>();

  CoffObjectLayout(ObjectTarget target) {
    super(target);
  }

  /** A symbol; a weak one has an auxiliary record with the number of its default. */
  private record Symbol(
      String name, long value, int section, int type, int storage, int defaultIndex) {
    boolean isWeak() {
      return storage == WEAK_EXTERNAL;
    }
  }

  @Override
  void require(ObjectSection section) {
    requireAlignment(section.alignment(), CoffWrapLayout.MOST_ALIGNMENT);
    section.name().ifPresent(name -> CoffWrapLayout.requireSection(target(), name));
    if (section.noBits() > mostBytes()) {
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
    return FILE_HEADER_SIZE + sections * SECTION_HEADER_SIZE;
  }

  @Override
  void finish(Publication file, List<PlacedSection> sections, ObjectSymbols symbols)
      throws IOException {
    number(symbols);
    ByteWriter head = new ByteWriter(headSize(sections.size())).at(FILE_HEADER_SIZE);
    for (PlacedSection section : sections) {
      var relocations = CoffObjectRelocations.of(section, target());
      patch(file, section, relocations.patches());
      header(head, section, relocations.entries().size(), file.position());
      write(file, relocations.entries(), symbols);
    }
    long tableAt = file.position();
    int count = table.stream().mapToInt(one -> one.isWeak() ? 2 : 1).sum();
    writeTable(file, table, this::encode);
    byte[] text = names.bytes();
    file.write(new ByteWriter(4).u32(4L + text.length).array());
    file.write(text);
    head.at(0).u16(target().machine()).u16(sections.size()).u32(0);
    head.u32(tableAt).u32(count).u16(0).u16(0);
    file.overwrite(0, head.array(), 0, head.array().length);
  }

  private void write(
      Publication file, List<CoffObjectRelocations.Entry> entries, ObjectSymbols symbols)
      throws IOException {
    if (entries.size() >= MOST_COUNTED) {
      // The first one is none, and its offset counts them all, itself too.
      file.write(new ByteWriter(RELOCATION_SIZE).u32(entries.size() + 1L).array());
    }
    writeTable(
        file,
        entries,
        portion -> {
          ByteWriter out = new ByteWriter(portion.size() * RELOCATION_SIZE);
          for (CoffObjectRelocations.Entry one : portion) {
            out.u32(one.offset()).u32(symbols.index(one.symbol())).u16(one.type());
          }
          return out.array();
        });
  }

  private void header(ByteWriter head, PlacedSection placed, int relocations, long table) {
    ObjectSection section = placed.section();
    int next = head.position() + SECTION_HEADER_SIZE;
    byte[] name = WrapLayout.utf8(name(section));
    head.bytes(name.length <= SHORT_NAME ? name : longName(name(section)));
    head.at(next - SECTION_HEADER_SIZE + SHORT_NAME);
    boolean isOverflowing = relocations >= MOST_COUNTED;
    head.u32(0).u32(0).u32(placed.size()).u32(placed.size() == 0 ? 0 : placed.offset());
    head.u32(relocations == 0 ? 0 : table).u32(0);
    head.u16(isOverflowing ? MOST_COUNTED : relocations).u16(0);
    long kind =
        switch (section.kind()) {
          case CODE -> CODE;
          case READ_ONLY, NOTE -> READ_ONLY;
          case DATA -> DATA;
          case NO_BITS -> NO_BITS;
        };
    long alignment = (long) ALIGN_1BYTES * (Long.numberOfTrailingZeros(section.alignment()) + 1);
    long flags = (section.flags(kind) & ~ALIGN_MASK) | alignment;
    head.u32(isOverflowing ? flags | NRELOC_OVFL : flags);
  }

  /** A slash and where the table of long names has it, in decimal. */
  private byte[] longName(String name) {
    int offset = names.offset(name);
    if (offset > 9_999_999) {
      throw refused("more long names than seven digits can count");
    }
    return WrapLayout.utf8("/" + offset);
  }

  private void number(ObjectSymbols symbols) {
    table.add(new Symbol("@feat.00", target().variant(), -1, 0, STATIC, 0));
    int index = 1;
    String unique = unique(symbols);
    for (ObjectSymbols.Entry entry : symbols.inOrder()) {
      ObjectSymbol symbol = entry.symbol();
      String name = prefix() + symbol.name();
      boolean isDefined = entry.section() != ObjectSymbols.UNDEFINED;
      int type = symbol.isFunction() ? FUNCTION : 0;
      long value = isDefined ? symbol.value() : 0;
      if (value < 0 || value > mostBytes()) {
        throw refused("symbol %s at 0x%x".formatted(symbol.name(), value));
      }
      if (symbol.isWeak()) {
        String other = ".weak." + name + ".default" + unique;
        int section = isDefined ? entry.section() : ObjectSymbols.ABSOLUTE;
        table.add(new Symbol(other, value, section, type, EXTERNAL, 0));
        table.add(new Symbol(name, 0, 0, type, WEAK_EXTERNAL, index));
        symbols.number(symbol.name(), index + 1);
        index += 3;
      } else {
        int storage = symbol.isLocal() ? STATIC : EXTERNAL;
        table.add(new Symbol(name, value, entry.section(), type, storage, 0));
        symbols.number(symbol.name(), index++);
      }
    }
  }

  /** What makes the names of defaults different from those in other objects. */
  private String unique(ObjectSymbols symbols) {
    Optional<ObjectSymbols.Entry> first =
        symbols.inOrder().stream()
            .filter(entry -> entry.section() > 0)
            .filter(entry -> entry.symbol().binding() == ObjectSymbol.Binding.GLOBAL)
            .findFirst();
    return first.map(entry -> "." + prefix() + entry.symbol().name()).orElse("");
  }

  private byte[] encode(List<Symbol> portion) {
    int weak = (int) portion.stream().filter(Symbol::isWeak).count();
    ByteWriter out = new ByteWriter((portion.size() + weak) * SYMBOL_SIZE);
    for (Symbol one : portion) {
      int start = out.position();
      byte[] name = WrapLayout.utf8(one.name);
      if (name.length <= SHORT_NAME) {
        out.bytes(name);
      } else {
        out.u32(0).u32(names.offset(one.name));
      }
      out.at(start + SHORT_NAME).u32(one.value).u16(one.section).u16(one.type);
      out.u16(one.storage | (one.isWeak() ? 1 << 8 : 0));
      if (one.isWeak()) {
        out.u32(one.defaultIndex).u32(SEARCH_ALIAS).at(start + 2 * SYMBOL_SIZE);
      }
    }
    return out.array();
  }

  /** Compilers for 32-bit x86 put an underscore before the names of C. */
  private String prefix() {
    return target() == ObjectTarget.I686_WINDOWS ? "_" : "";
  }

  private static String name(ObjectSection section) {
    return section
        .name()
        .orElseGet(() ->
            switch (section.kind()) {
              case CODE -> ".text";
              case READ_ONLY, NOTE -> ".rdata";
              case DATA -> ".data";
              case NO_BITS -> ".bss";
            });
  }
}
