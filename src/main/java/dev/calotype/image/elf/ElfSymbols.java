package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.Endian;
import dev.calotype.bytes.NulMap;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

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
  /** The most bytes of names that are looked at in one pass, and the most for each symbol. */
  private static final long MOST_MAPPED_TEXT = 64 << 20;

  private static final long MOST_MAPPED_A_SYMBOL = 256;
  private static final int LEAST_MAPPED_SYMBOLS = 256;

  /** There is no table of section indexes. */
  static final long NO_INDEXES = -1;

  static SymbolTable empty(ByteView view) {
    return new ElfSymbols(view, ElfLayout.ELF64, "symbol table", 0, 0, 0, 0, NO_INDEXES);
  }

  @Override
  public Symbol get(long index) {
    Objects.checkIndex(index, count);
    return entry(index, null);
  }

  private Entry entry(long index, @Nullable Lengths lengths) {
    return new Entry(this, index, offset + index * layout.symbolSize(), lengths);
  }

  @Override
  public Iterator<Symbol> iterator() {
    return new Iterator<>() {
      private final Lengths lengths = new Lengths();
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
        return entry(next++, lengths);
      }
    };
  }

  private boolean isWide() {
    return layout == ElfLayout.ELF64;
  }

  private boolean isLittle() {
    return view.order() == ByteOrder.LITTLE_ENDIAN;
  }

  /**
   * The lengths of names for one walk over the table, whose texts are looked at in one pass when
   * the first length is asked for; not so if few symbols share large texts.
   */
  private final class Lengths {
    private @Nullable NulMap nuls;
    private boolean isTried;

    int of(long start) {
      NulMap map = nuls;
      if (map != null) {
        long end = map.next(start);
        if (end >= 0 && end - start <= ByteView.MOST_TEXT_BYTES) {
          return (int) (end - start);
        }
      }
      return slowly(start);
    }

    private int slowly(long start) {
      if (!isTried) {
        isTried = true;
        long most = Math.min(MOST_MAPPED_TEXT, MOST_MAPPED_A_SYMBOL * count);
        if (count >= LEAST_MAPPED_SYMBOLS && stringsEnd - strings <= most) {
          nuls = new NulMap(view.bytes(), strings, stringsEnd);
        }
      }
      return view.stringLength(start, stringsEnd, structure);
    }
  }

  /**
   * One symbol. Reads without checks of its own: the table's range was checked as a whole.
   *
   * @param lengths those of the walk that this symbol is part of
   */
  record Entry(ElfSymbols table, long index, long at, @Nullable Lengths lengths) implements Symbol {
    @Override
    public String name() {
      long name = nameOffset();
      return name == 0
          ? ""
          : table.view.string(table.strings + name, table.stringsEnd, table.structure);
    }

    @Override
    public MemorySegment nameBytes() {
      return bytes().asSlice(table.strings + nameOffset(), nameLength());
    }

    @Override
    public int nameLength() {
      long name = nameOffset();
      if (name == 0) {
        return 0;
      }
      return lengths != null
          ? lengths.of(table.strings + name)
          : table.view.stringLength(table.strings + name, table.stringsEnd, table.structure);
    }

    @Override
    public long value() {
      int field = table.isWide() ? 8 : 4;
      return Endian.word(bytes(), at + field, table.isWide(), table.isLittle());
    }

    @Override
    public long size() {
      int field = table.isWide() ? 16 : 8;
      return Endian.word(bytes(), at + field, table.isWide(), table.isLittle());
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

    @Override
    public OptionalInt section() {
      int number = sectionNumber();
      if (number == Elf.SHN_XINDEX && table.indexes != NO_INDEXES) {
        long wide = Endian.u32(bytes(), table.indexes + index * 4, table.isLittle());
        return wide > Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of((int) wide);
      }
      return number == 0 || number >= Elf.SHN_LORESERVE
          ? OptionalInt.empty()
          : OptionalInt.of(number);
    }

    boolean isWeak() {
      return info() >> 4 == Elf.STB_WEAK;
    }

    /** {@code st_other}'s visibility: 0 default, 1 internal, 2 hidden, 3 protected. */
    int visibility() {
      return Endian.u8(bytes(), at + (table.isWide() ? 5 : 13)) & 3;
    }

    private long nameOffset() {
      return Endian.u32(bytes(), at, table.isLittle());
    }

    private int info() {
      return Endian.u8(bytes(), at + (table.isWide() ? 4 : 12));
    }

    private int sectionNumber() {
      return Endian.u16(bytes(), at + (table.isWide() ? 6 : 14), table.isLittle());
    }

    private MemorySegment bytes() {
      return table.view.bytes();
    }
  }
}
