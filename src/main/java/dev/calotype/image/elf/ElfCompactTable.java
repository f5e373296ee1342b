package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.SymbolTable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Compact relocations ({@code SHT_CREL}, as LLVM 19 writes them): a ULEB128 header holds the count,
 * whether there are addends, and how far offsets are shifted; an entry holds differences to the one
 * before it.
 *
 * @param view the file
 * @param layout the class
 * @param machine {@code e_machine}
 * @param name the table's name
 * @param section the section it changes
 * @param offset where the header starts in the file
 * @param size how many bytes lie within the file, checked by whoever makes this
 * @param symbols what symbol indexes refer to
 */
record ElfCompactTable(
    ByteView view,
    ElfLayout layout,
    int machine,
    String name,
    OptionalInt section,
    long offset,
    long size,
    SymbolTable symbols)
    implements RelocationTable {

  @Override
  public long count() {
    return new Walk().left;
  }

  @Override
  public Iterator<Relocation> iterator() {
    return new Walk();
  }

  private final class Walk implements Iterator<Relocation> {
    private final long end = offset + size;
    private final boolean hasAddends;
    private final int shift;
    private long at = offset;
    private long left;
    private long place;
    private long symbol;
    private long type;
    private long addend;

    Walk() {
      long header = unsigned();
      left = header >>> 3;
      hasAddends = (header & 4) != 0;
      shift = (int) (header & 3);
      if (left > end - at) {
        throw view.malformed(
            name, offset, left + " entries", "at most one a byte of %d".formatted(end - at));
      }
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public Relocation next() {
      if (left-- <= 0) {
        throw new NoSuchElementException();
      }
      int first = view.u8(step(), name);
      int flags = hasAddends ? 3 : 2;
      // The offset's difference starts in the bits above the flags.
      long difference = (first & 0x7fL) >>> flags;
      if ((first & 0x80) != 0) {
        difference |= unsigned() << (7 - flags);
      }
      place += difference << shift;
      symbol += (first & 1) != 0 ? signed() : 0;
      type += (first & 2) != 0 ? signed() : 0;
      addend += hasAddends && (first & 4) != 0 ? signed() : 0;
      boolean wide = layout == ElfLayout.ELF64;
      return new ElfRelocation(
          view,
          layout,
          machine,
          name,
          wide ? place : place & 0xffffffffL,
          (int) type,
          symbol & 0xffffffffL,
          hasAddends ? OptionalLong.of(wide ? addend : (int) addend) : OptionalLong.empty(),
          symbols);
    }

    private long unsigned() {
      return number(false);
    }

    private long signed() {
      return number(true);
    }

    /** LEB128 (DWARF 5, section 7.6). */
    private long number(boolean isSigned) {
      long start = at;
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        int next = view.u8(step(), name);
        value |= (next & 0x7fL) << shift;
        if ((next & 0x80) == 0) {
          int used = shift + 7;
          return isSigned && used < 64 && (next & 0x40) != 0 ? value | -1L << used : value;
        }
      }
      throw view.malformed(name, start, "a number of over 64 bits", "a shorter one");
    }

    private long step() {
      if (at >= end) {
        throw view.malformed(name, at, "the end of the table", "an entry");
      }
      return at++;
    }
  }
}
