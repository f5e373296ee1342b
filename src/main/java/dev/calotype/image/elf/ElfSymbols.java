package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

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
 */
record ElfSymbols(
    ByteView view,
    ElfLayout layout,
    String structure,
    long offset,
    long count,
    long strings,
    long stringsEnd)
    implements SymbolTable {

  static SymbolTable empty(ByteView view) {
    return new ElfSymbols(view, ElfLayout.ELF64, "symbol table", 0, 0, 0, 0);
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

  private record Entry(ElfSymbols table, long index, long at) implements Symbol {
    @Override
    public String name() {
      long name = table.view.u32(at, table.structure);
      return name == 0
          ? ""
          : table.view.string(table.strings + name, table.stringsEnd, table.structure);
    }

    @Override
    public long value() {
      return table.layout.word(table.view, at + table.layout.at(4, 8), table.structure);
    }

    @Override
    public long size() {
      return table.layout.word(table.view, at + table.layout.at(8, 16), table.structure);
    }

    @Override
    public String type() {
      return Elf.symbolType(table.view.u8(at + table.layout.at(12, 4), table.structure) & 15);
    }

    @Override
    public String binding() {
      return Elf.symbolBinding(table.view.u8(at + table.layout.at(12, 4), table.structure) >> 4);
    }

    @Override
    public boolean isDefined() {
      return table.view.u16(at + table.layout.at(14, 6), table.structure) != 0;
    }
  }
}
