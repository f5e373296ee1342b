package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.SymbolTable;
import java.util.OptionalLong;

/**
 * The dynamic symbols of a file without section headers. The dynamic table does not say how many
 * there are; a hash table does.
 */
final class ElfHash {
  private static final String STRUCTURE = "dynamic symbol table";
  private static final String GNU_HASH = "GNU hash table";

  private ElfHash() {}

  static SymbolTable dynamicSymbols(ElfFile image) {
    ElfDynamic dynamic = image.dynamic();
    OptionalLong table = dynamic.first(Elf.DT_SYMTAB);
    if (table.isEmpty()) {
      return ElfSymbols.empty(image.view());
    }
    ByteView view = image.view();
    long offset = image.fileOffset(table.getAsLong(), STRUCTURE);
    long count = count(image, dynamic);
    view.require(offset, 0, STRUCTURE);
    if (count > (view.size() - offset) / image.header().layout().symbolSize()) {
      throw view.malformed(STRUCTURE, offset, count + " symbols", "as many as the file can hold");
    }
    long strings = image.fileOffset(dynamic.required(Elf.DT_STRTAB), STRUCTURE);
    long size = dynamic.required(Elf.DT_STRSZ);
    view.require(strings, size, STRUCTURE + "'s strings");
    return new ElfSymbols(
        view,
        image.header().layout(),
        STRUCTURE,
        offset,
        count,
        strings,
        strings + size,
        ElfSymbols.NO_INDEXES);
  }

  private static long count(ElfFile image, ElfDynamic dynamic) {
    OptionalLong hash = dynamic.first(Elf.DT_HASH);
    if (hash.isPresent()) {
      // nchain, which the gABI ("Hash Table") says equals the number of symbols.
      return image.view().u32(image.fileOffset(hash.getAsLong(), "hash table") + 4, "hash table");
    }
    OptionalLong gnuHash = dynamic.first(Elf.DT_GNU_HASH);
    return gnuHash.isPresent()
        ? gnuCount(image, image.fileOffset(gnuHash.getAsLong(), GNU_HASH))
        : 0;
  }

  /** The last chain's end: buckets point to first symbols, a chain ends with an odd hash. */
  private static long gnuCount(ElfFile image, long offset) {
    ByteView view = image.view();
    long buckets = view.u32(offset, GNU_HASH);
    long firstHashed = view.u32(offset + 4, GNU_HASH);
    long bloomWords = view.u32(offset + 8, GNU_HASH);
    long bucketTable = offset + 16 + bloomWords * image.header().layout().wordSize();
    view.require(bucketTable, buckets * 4, GNU_HASH);
    long last = 0;
    for (long i = 0; i < buckets; i++) {
      last = Math.max(last, view.u32(bucketTable + i * 4, GNU_HASH));
    }
    if (last < firstHashed) {
      return firstHashed;
    }
    long chain = bucketTable + buckets * 4 + (last - firstHashed) * 4;
    while ((view.u32(chain, GNU_HASH) & 1) == 0) {
      chain += 4;
      last++;
    }
    return last + 1;
  }
}
