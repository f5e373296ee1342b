package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.Relocation;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.SymbolTable;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A table of {@code Elf_Rel} or {@code Elf_Rela} entries (gABI, "Relocation").
 *
 * @param view the file
 * @param layout the class
 * @param machine {@code e_machine}
 * @param name the table's name
 * @param section the section it changes
 * @param offset where the first entry starts in the file
 * @param count how many entries lie within the file, checked by whoever makes this
 * @param hasAddends whether the entries are {@code Elf_Rela}
 * @param symbols what symbol indexes refer to
 */
record ElfEntryTable(
    ByteView view,
    ElfLayout layout,
    int machine,
    String name,
    OptionalInt section,
    long offset,
    long count,
    boolean hasAddends,
    SymbolTable symbols)
    implements RelocationTable {

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
        return entry(next++);
      }
    };
  }

  private Relocation entry(long index) {
    int word = layout.wordSize();
    long at = offset + index * (hasAddends ? 3 : 2) * word;
    long info = layout.word(view, at + word, name);
    OptionalLong addend =
        hasAddends
            ? OptionalLong.of(signed(layout.word(view, at + 2L * word, name)))
            : OptionalLong.empty();
    long place = layout.word(view, at, name);
    if (layout == ElfLayout.ELF32) {
      return new ElfRelocation(
          view, layout, machine, name, place, (int) (info & 0xff), info >>> 8, addend, symbols);
    }
    if (machine == Elf.EM_MIPS && view.order() == ByteOrder.LITTLE_ENDIAN) {
      // MIPS64 stores r_sym as a 32-bit number and then four bytes, the types last to first.
      int types = Integer.reverseBytes((int) (info >>> 32));
      return new ElfRelocation(
          view,
          layout,
          machine,
          name,
          place,
          types & 0xffffff,
          info & 0xffffffffL,
          addend,
          symbols);
    }
    int type = machine == Elf.EM_MIPS ? (int) info & 0xffffff : (int) info;
    return new ElfRelocation(
        view, layout, machine, name, place, type, info >>> 32, addend, symbols);
  }

  private long signed(long addend) {
    return layout == ElfLayout.ELF32 ? (int) addend : addend;
  }
}
