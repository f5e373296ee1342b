package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Symbol;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The relocations of an object's section (PE/COFF, "COFF Relocations").
 *
 * @param header the header of the section they change
 * @param offset where the first entry starts in the file
 * @param count how many entries lie within the file, checked by whoever makes this
 * @param symbols what symbol indexes refer to
 */
record CoffRelocations(CoffSectionHeader header, long offset, long count, CoffSymbols symbols)
    implements RelocationTable {
  private static final int ENTRY_SIZE = 10;

  /** {@code NumberOfRelocations} when the real number is in the first entry. */
  private static final int OVERFLOWN = 0xffff;

  /** One table for each section that has relocations. */
  static List<RelocationTable> tables(ByteView view, CoffHeader header) {
    List<RelocationTable> tables = new ArrayList<>();
    int sections = header.checkedSectionCount(view);
    CoffSymbols symbols = CoffSymbols.of(view, header);
    long left = view.size();
    for (int i = 0; i < sections; i++) {
      CoffSectionHeader section = header.section(view, i);
      if (section.relocationCount() != 0) {
        CoffRelocations table = table(section, symbols);
        left -= table.count * ENTRY_SIZE;
        if (left < 0) {
          throw view.malformed(
              section.structure(),
              section.at(),
              "relocations shared by sections",
              "no more of them than the file has bytes for");
        }
        tables.add(table);
      }
    }
    return tables;
  }

  private static CoffRelocations table(CoffSectionHeader section, CoffSymbols symbols) {
    ByteView view = section.view();
    String structure = "relocations of " + section.structure();
    long start = section.relocations();
    long count = section.relocationCount();
    if (count == OVERFLOWN && section.has(Coff.SCN_LNK_NRELOC_OVFL)) {
      // The first entry stands for itself and holds how many there are with it.
      count = view.u32(start, structure) - 1;
      start += ENTRY_SIZE;
      if (count < 0) {
        throw view.malformed(structure, section.relocations(), "a count of 0", "at least 1");
      }
    }
    view.require(start, count * ENTRY_SIZE, structure);
    return new CoffRelocations(section, start, count, symbols);
  }

  @Override
  public String name() {
    return header.name();
  }

  @Override
  public OptionalInt section() {
    return OptionalInt.of(header.index());
  }

  @Override
  public Iterator<Relocation> iterator() {
    return new Iterator<>() {
      private long next;

      @Override
      public boolean hasNext() {
        return next < count;
      }

      @Override
      public Relocation next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return new Entry(CoffRelocations.this, offset + next++ * ENTRY_SIZE);
      }
    };
  }

  /** One relocation. */
  record Entry(CoffRelocations table, long at) implements Relocation {
    private static final String STRUCTURE = "relocation";

    @Override
    public long offset() {
      return view().u32(at, STRUCTURE) - table.header.virtualAddress();
    }

    @Override
    public int typeNumber() {
      return view().u16(at + 8, STRUCTURE);
    }

    @Override
    public String type() {
      return CoffRelocationTypes.name(machine(), typeNumber());
    }

    @Override
    public Optional<Symbol> symbol() {
      // The second half of a pair has a displacement where others have the symbol.
      if (CoffRelocationTypes.isPair(machine(), typeNumber())) {
        return Optional.empty();
      }
      long symbol = view().u32(at + 4, STRUCTURE);
      if (symbol >= table.symbols.records()) {
        throw view()
            .malformed(
                STRUCTURE,
                at,
                "symbol " + symbol,
                "one below %d".formatted(table.symbols.records()));
      }
      return Optional.of(table.symbols.get(symbol));
    }

    /** In the bytes that are changed. */
    @Override
    public OptionalLong addend() {
      return OptionalLong.empty();
    }

    private ByteView view() {
      return table.header.view();
    }

    private int machine() {
      return table.header.header().machine();
    }
  }
}
