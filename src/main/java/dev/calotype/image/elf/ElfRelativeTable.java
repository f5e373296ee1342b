package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Relative relocations, packed (gABI, "Relative Relocation Table", {@code SHT_RELR}): an even word
 * is an address, an odd one a bitmap of the 63 or 31 words after it.
 *
 * @param view the file
 * @param layout the class
 * @param machine {@code e_machine}
 * @param name the table's name
 * @param offset where the first word starts in the file
 * @param size how many bytes of words lie within the file, checked by whoever makes this
 */
record ElfRelativeTable(
    ByteView view, ElfLayout layout, int machine, String name, long offset, long size)
    implements RelocationTable {

  @Override
  public OptionalInt section() {
    return OptionalInt.empty();
  }

  @Override
  public long count() {
    long count = 0;
    for (Walk walk = new Walk(); walk.hasNext(); walk.step()) {
      count++;
    }
    return count;
  }

  @Override
  public Iterator<Relocation> iterator() {
    return new Walk();
  }

  private final class Walk implements Iterator<Relocation> {
    private final int wordSize = layout.wordSize();
    private final long end = offset + size / wordSize * wordSize;
    private long at = offset;
    private long base;
    private long bitmap;
    private long place;
    private boolean isThere;

    Walk() {
      step();
    }

    @Override
    public boolean hasNext() {
      return isThere;
    }

    @Override
    public Relocation next() {
      if (!isThere) {
        throw new NoSuchElementException();
      }
      long now = place;
      step();
      return new ElfRelocation(
          view,
          layout,
          machine,
          name,
          now,
          ElfRelocationTypes.relative(machine),
          0,
          OptionalLong.empty(),
          ElfSymbols.empty(view));
    }

    private void step() {
      while (bitmap == 0 && at < end) {
        long word = layout.word(view, at, name);
        at += wordSize;
        if ((word & 1) == 0) {
          place = word;
          base = word + wordSize;
          isThere = true;
          return;
        }
        bitmap = word >>> 1;
        if (bitmap == 0) {
          base += (layout.bits() - 1) * (long) wordSize;
        }
      }
      isThere = bitmap != 0;
      if (isThere) {
        place = base + Long.numberOfTrailingZeros(bitmap) * (long) wordSize;
        bitmap &= bitmap - 1;
        if (bitmap == 0) {
          base += (layout.bits() - 1) * (long) wordSize;
        }
      }
    }
  }
}
