package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A symbol table (gABI, "Symbol Table").
 *
 * @param view the file
 * @param layout the class
 * @param structure what errors call it
 * @param offset where the first entry starts in the file
 * @param count how many entries lie within the file, checked by whoever makes this
 * @param strings where the names start in the file
 * @param stringsEnd where they end
 * @param indexes where the section indexes that do not fit into 16 bits are, or {@link #NO_INDEXES}
 */
record ElfSymbols(
    ByteView view,
    ElfLayout layout,
    String structure,
    long offset,
    long count,
    long strings,
    long stringsEnd,
    long indexes)
    implements SymbolTable {
  /** There is no table of section indexes. */
  static final long NO_INDEXES = -1;

  static SymbolTable empty(ByteView view) {
    return new ElfSymbols(view, ElfLayout.ELF64, "symbol table", 0, 0, 0, 0, NO_INDEXES);
  }

  @Override
  public Symbol get(long index) {
    Objects.checkIndex(index, count);
    return new Entry(this, index, offset + index * layout.symbolSize());
  }

  @Override
  public Iterator<Symbol> iterator() {
    return new Iterator<>() {
      private long next;

      @Override
      public boolean hasNext() {
        return next < count;
      }

      @Override
      public Symbol next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return get(next++);
      }
    };
  }

  /** One symbol. */
  record Entry(ElfSymbols table, long index, long at) implements Symbol {
    @Override
    public String name() {
      long name = nameOffset();
      return name == 0
          ? ""
          : table.view.string(table.strings + name, table.stringsEnd, table.structure);
    }

    @Override
    public MemorySegment nameBytes() {
      long start = table.strings + nameOffset();
      return start == table.strings
          ? table.view.bytes().asSlice(0, 0)
          : table.view.stringBytes(start, table.stringsEnd, table.structure);
    }

    private long nameOffset() {
      return table.view.u32(at, table.structure);
    }

    @Override
    public long value() {
      return table.layout.word(table.view, at + table.layout.at(4, 8), table.structure);
    }

    @Override
    public long size() {
      return table.layout.word(table.view, at + table.layout.at(8, 16), table.structure);
    }

    private int info() {
      return table.view.u8(at + table.layout.at(12, 4), table.structure);
    }

    /** {@code st_other}'s visibility: 0 default, 1 internal, 2 hidden, 3 protected. */
    int visibility() {
      return table.view.u8(at + table.layout.at(13, 5), table.structure) & 3;
    }

    private int sectionNumber() {
      return table.view.u16(at + table.layout.at(14, 6), table.structure);
    }

    @Override
    public String type() {
      return Elf.symbolType(info() & 15);
    }

    @Override
    public String binding() {
      return Elf.symbolBinding(info() >> 4);
    }

    @Override
    public boolean isDefined() {
      return sectionNumber() != 0;
    }

    @Override
    public boolean isGlobal() {
      return info() >> 4 != Elf.STB_LOCAL;
    }

    boolean isWeak() {
      return info() >> 4 == Elf.STB_WEAK;
    }

    @Override
    public OptionalInt section() {
      int number = sectionNumber();
      if (number == Elf.SHN_XINDEX && table.indexes != NO_INDEXES) {
        long wide = table.view.u32(table.indexes + index * 4, table.structure);
        return wide > Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of((int) wide);
      }
      return number == 0 || number >= Elf.SHN_LORESERVE
          ? OptionalInt.empty()
          : OptionalInt.of(number);
    }
  }
}
