package dev.calotype.split.coff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * A relocation that refers to a section which is to leave (PE/COFF, "COFF Relocations"). What is
 * added to the symbol is in the bytes that are changed.
 *
 * @param object the object
 * @param entryAt where its entry is in the file
 * @param place the section it changes, from 0
 * @param offset where in that section
 * @param type its type
 * @param symbol the index of its symbol
 * @param moved the section it refers to, from 0
 */
record CoffReference(
    CoffObject object, long entryAt, int place, long offset, int type, long symbol, int moved) {

  boolean has(int before, int length) {
    return object.has(place, offset, before, length);
  }

  long fileAt() {
    return object.rawPointer(place) + offset;
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

  long value() {
    return object.symbolValue(symbol);
  }

  /** Gives the references of each section, by their places. */
  static void forEachTable(
      CoffObject object, IntPredicate moved, Consumer<List<CoffReference>> taker) {
    for (int section = 0; section < object.sectionCount(); section++) {
      CoffObject.Relocations table = object.relocations(section);
      long base = object.field(section, 12);
      List<CoffReference> references = new ArrayList<>();
      for (long i = 0; i < table.count(); i++) {
        long at = table.at() + i * CoffObject.RELOCATION_SIZE;
        long symbol = object.view().u32(at + 4, "relocation");
        // The second half of a pair has a number instead; there is none on these machines.
        int target = symbol < object.symbolCount() ? object.symbolSection(symbol) : -1;
        if (target >= 0 && moved.test(target)) {
          references.add(
              new CoffReference(
                  object,
                  at,
                  section,
                  object.view().u32(at, "relocation") - base,
                  object.view().u16(at + 8, "relocation"),
                  symbol,
                  target));
        }
      }
      if (!references.isEmpty()) {
        references.sort(Comparator.comparingLong(CoffReference::offset));
        taker.accept(references);
      }
    }
  }
}
