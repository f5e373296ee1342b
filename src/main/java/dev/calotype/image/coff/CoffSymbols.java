package dev.calotype.image.coff;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * A symbol table (PE/COFF, "COFF Symbol Table"). A record is a symbol or, after one, one of its
 * auxiliary records; only a walk from the start tells them apart, so {@link #get} takes whatever
 * record it is asked for as a symbol.
 *
 * @param view the file
 * @param header the file's header
 * @param records how many records lie within the file, checked by whoever makes this
 * @param strings the names of more than eight bytes
 */
record CoffSymbols(ByteView view, CoffHeader header, long records, CoffStrings strings)
    implements SymbolTable {
  private static final String STRUCTURE = "symbol table";

  /** From here on, an ordinary table's 16-bit section numbers are negative. */
  private static final int FIRST_RESERVED = 0xff00;

  /** The symbols of an object or image, none if it was stripped. */
  static CoffSymbols of(ByteView view, CoffHeader header) {
    long records = header.symbolTable() == 0 ? 0 : header.symbolCount();
    view.require(header.symbolTable(), records * header.symbolSize(), STRUCTURE);
    return new CoffSymbols(view, header, records, header.strings(view));
  }

  @Override
  public long count() {
    long count = 0;
    for (long index = 0; index < records; index = next(index)) {
      count++;
    }
    return count;
  }

  @Override
  public Symbol get(long index) {
    Objects.checkIndex(index, records);
    return new Entry(this, index, at(index));
  }

  @Override
  public Iterator<Symbol> iterator() {
    return new Iterator<>() {
      private long next;

      @Override
      public boolean hasNext() {
        return next < records;
      }

      @Override
      public Symbol next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Symbol symbol = get(next);
        next = CoffSymbols.this.next(next);
        return symbol;
      }
    };
  }

  private long at(long index) {
    return header.symbolTable() + index * header.symbolSize();
  }

  /** The index of the symbol after the one at {@code index} and its auxiliary records. */
  private long next(long index) {
    long at = at(index);
    int auxiliary = view.u8(at + header.symbolSize() - 1, STRUCTURE);
    if (auxiliary >= records - index) {
      throw view.malformed(
          STRUCTURE,
          at,
          auxiliary + " auxiliary records",
          "at most the %d that follow".formatted(records - index - 1));
    }
    return index + 1 + auxiliary;
  }

  /** One symbol. */
  record Entry(CoffSymbols table, long index, long at) implements Symbol {
    @Override
    public String name() {
      if (isShort()) {
        return CoffSectionHeader.shortText(table.view, at);
      }
      long offset = nameOffset();
      return offset == 0 ? "" : table.strings.string(offset, STRUCTURE);
    }

    @Override
    public MemorySegment nameBytes() {
      MemorySegment bytes = table.view.bytes();
      if (isShort()) {
        return bytes.asSlice(at, CoffStrings.shortLength(bytes, at));
      }
      long offset = nameOffset();
      return offset == 0 ? bytes.asSlice(0, 0) : table.strings.bytes(offset, STRUCTURE);
    }

    private boolean isShort() {
      return table.view.u32(at, STRUCTURE) != 0;
    }

    private long nameOffset() {
      return table.view.u32(at + 4, STRUCTURE);
    }

    /** {@code Value} as stored. */
    private long rawValue() {
      return table.view.u32(at + 8, STRUCTURE);
    }

    /** {@code SectionNumber}: from 1; 0 undefined, -1 absolute, -2 for debuggers. */
    private int sectionNumber() {
      if (table.header.isBig()) {
        return (int) table.view.u32(at + 12, STRUCTURE);
      }
      int number = table.view.u16(at + 12, STRUCTURE);
      return number < FIRST_RESERVED ? number : (short) number;
    }

    private int storageClass() {
      return table.view.u8(at + table.header.symbolSize() - 2, STRUCTURE);
    }

    /** Whether linkers reserve room for it unless another file defines it. */
    private boolean isCommon() {
      return sectionNumber() == 0 && storageClass() == Coff.SYM_CLASS_EXTERNAL && rawValue() != 0;
    }

    /** The value, after the section's address if it is in one. */
    @Override
    public long value() {
      int number = sectionNumber();
      if (number == 0) {
        return 0;
      }
      if (number < 0) {
        return rawValue();
      }
      int count = table.header.checkedSectionCount(table.view);
      if (number > count) {
        throw table.view.malformed(
            STRUCTURE, at, "section " + number, "one of the file's " + count);
      }
      return rawValue() + table.header.section(table.view, number - 1).virtualAddress();
    }

    /** Only common symbols tell it. */
    @Override
    public long size() {
      return isCommon() ? rawValue() : 0;
    }

    @Override
    public String type() {
      return Coff.symbolType(table.view.u16(at + table.header.symbolSize() - 4, STRUCTURE));
    }

    @Override
    public String binding() {
      return Coff.storageClass(storageClass());
    }

    @Override
    public boolean isDefined() {
      return sectionNumber() != 0 || isCommon();
    }

    @Override
    public boolean isGlobal() {
      int storageClass = storageClass();
      return storageClass == Coff.SYM_CLASS_EXTERNAL
          || storageClass == Coff.SYM_CLASS_WEAK_EXTERNAL;
    }

    @Override
    public OptionalInt section() {
      int number = sectionNumber();
      return number > 0 ? OptionalInt.of(number - 1) : OptionalInt.empty();
    }
  }
}
