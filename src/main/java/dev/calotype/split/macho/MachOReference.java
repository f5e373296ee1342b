package dev.calotype.split.macho;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * A relocation that refers to a section which is to leave ({@code relocation_info}).
 *
 * @param object the object
 * @param index which of its section's relocations it is
 * @param place the section it changes, from 0
 * @param offset where in that section
 * @param word symbol or section number, and the bit fields
 * @param symbol the symbol, or -1 if it names a section
 * @param addend what the relocation before it adds, on arm64
 * @param hasAddend whether there is such a one
 * @param isPaired whether another symbol is subtracted
 * @param moved the section it refers to, from 0
 */
record MachOReference(
    MachOObject object,
    long index,
    int place,
    long offset,
    long word,
    long symbol,
    long addend,
    boolean hasAddend,
    boolean isPaired,
    int moved) {
  private static final int ARM64_ADDEND = 10;
  private static final int ARM64_SUBTRACTOR = 1;
  private static final int X86_64_SUBTRACTOR = 5;
  private static final long EXTERNAL = 1L << 27;

  int type() {
    return type(word);
  }

  private static int type(long word) {
    return (int) (word >>> 28) & 15;
  }

  /** How many bytes it changes. */
  int length() {
    return 1 << (word >>> 25 & 3);
  }

  boolean has(int before, int count) {
    return object.has(place, offset, before, count);
  }

  long fileAt() {
    return object.offset(place) + offset;
  }

  int u8(int distance) {
    return object.view().u8(fileAt() + distance, "relocation");
  }

  int u32() {
    return (int) object.view().u32(fileAt(), "relocation");
  }

  long u64() {
    return object.view().u64(fileAt(), "relocation");
  }

  /** Where in its section a place is that {@code added} is added to the symbol for. */
  long target(long added) {
    return (symbol >= 0 ? object.symbolValue(symbol) : 0) + added - object.address(moved);
  }

  /** The address of the byte it changes, in the object. */
  long address() {
    return object.address(place) + offset;
  }

  /** Gives the references of each section, in the order of its table. */
  static void forEachTable(
      MachOObject object, IntPredicate moved, Consumer<List<MachOReference>> taker) {
    for (int section = 0; section < object.sectionCount(); section++) {
      List<MachOReference> references = new ArrayList<>();
      boolean hasAddend = false;
      boolean isPaired = false;
      long addend = 0;
      for (long i = 0; i < object.relocations(section); i++) {
        long at = object.relocationsAt(section) + i * MachOObject.RELOCATION_SIZE;
        long offset = object.view().u32(at, "relocation");
        long word = object.view().u32(at + 4, "relocation");
        long number = word & 0xffffff;
        if (object.isArm() && type(word) == ARM64_ADDEND) {
          addend = (long) ((int) number << 8) >> 8;
          hasAddend = true;
          continue;
        }
        boolean isExternal = (word & EXTERNAL) != 0;
        int target =
            isExternal
                ? object.symbolSection(number)
                : number <= object.sectionCount() ? (int) number - 1 : -1;
        if (target >= 0 && moved.test(target)) {
          references.add(
              new MachOReference(
                  object,
                  i,
                  section,
                  offset,
                  word,
                  isExternal ? number : -1,
                  addend,
                  hasAddend,
                  isPaired,
                  target));
        }
        isPaired = type(word) == (object.isArm() ? ARM64_SUBTRACTOR : X86_64_SUBTRACTOR);
        addend = 0;
        hasAddend = false;
      }
      if (!references.isEmpty()) {
        taker.accept(references);
      }
    }
  }
}
