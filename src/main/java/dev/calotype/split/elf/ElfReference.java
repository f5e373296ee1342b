package dev.calotype.split.elf;

import dev.calotype.RefusedException;
import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfSection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * A relocation that refers to a section which is to leave (gABI, "Relocation").
 *
 * @param object the object
 * @param entryAt where its entry is in the file
 * @param place the index of the section it changes
 * @param offset where in that section
 * @param type its type
 * @param symbol the index of its symbol
 * @param addend its addend
 * @param moved the index of the section it refers to, 0 if it only completes another one
 */
record ElfReference(
    ElfObject object,
    long entryAt,
    int place,
    long offset,
    int type,
    long symbol,
    long addend,
    int moved) {
  private static final String STRUCTURE = "relocation";

  /** What of the section it refers to, before the machine's own corrections. */
  long target() {
    return object.symbolValue(symbol) + addend;
  }

  /** The section it changes. */
  ElfSection placeSection() {
    return object.sections().get(place);
  }

  /** Whether {@code before} bytes before its place and {@code length} from there are there. */
  boolean has(int before, int length) {
    ElfSection section = placeSection();
    long size = section.fileSize();
    return offset >= before
        && length <= size
        && offset <= size - length
        && object.view().contains(section.offset(), size);
  }

  /** Where its place is in the file. */
  long fileAt() {
    return placeSection().offset() + offset;
  }

  int u8(int distance) {
    return object.view().u8(fileAt() + distance, STRUCTURE);
  }

  int u32() {
    return (int) object.view().u32(fileAt(), STRUCTURE);
  }

  String typeName() {
    return object.image().relocationType(type);
  }

  /** Whether another object's definition could take the place of the symbol it names. */
  boolean isWeak() {
    int binding = object.symbolBinding(symbol);
    return binding != 0 && binding != 1;
  }

  /**
   * Gives the references of each relocation section, by their places.
   *
   * @param moved the sections that are to leave
   * @param completing the types that complete another relocation in their section, wanted too
   */
  static void forEachTable(
      ElfObject object,
      IntPredicate moved,
      IntPredicate completing,
      Consumer<List<ElfReference>> taker) {
    for (ElfSection table : object.sections()) {
      long kind = table.typeNumber();
      if ((kind == Elf.SHT_REL || kind == Elf.SHT_CREL) && table.size() > 0) {
        throw new RefusedException(
            object.file(),
            "has relocations of another kind in section %s (%s)"
                .formatted(table.name(), table.type()));
      }
      if (kind != Elf.SHT_RELA) {
        continue;
      }
      String structure = "section header " + table.index();
      if (table.info() == 0
          || table.info() >= object.sections().size()
          || table.link() != object.symbols().index()) {
        throw object
            .view()
            .malformed(
                structure,
                table.offset(),
                "relocations of section %d by symbol table %d"
                    .formatted(table.info(), table.link()),
                "a section's, by the symbol table");
      }
      object.view().require(table.offset(), table.fileSize(), structure);
      List<ElfReference> references = new ArrayList<>();
      long count = table.fileSize() / ElfObject.ENTRY_SIZE;
      for (long i = 0; i < count; i++) {
        long at = table.offset() + i * ElfObject.ENTRY_SIZE;
        long info = object.view().u64(at + 8, structure);
        long symbol = info >>> 32;
        int section = symbol == 0 ? 0 : object.symbolSection(symbol);
        boolean refers = section != 0 && moved.test(section);
        if (refers || completing.test((int) info)) {
          references.add(
              new ElfReference(
                  object,
                  at,
                  (int) table.info(),
                  object.view().u64(at, structure),
                  (int) info,
                  symbol,
                  object.view().u64(at + 16, structure),
                  refers ? section : 0));
        }
      }
      if (!references.isEmpty()) {
        references.sort(Comparator.comparingLong(ElfReference::offset));
        taker.accept(references);
      }
    }
  }
}
