package dev.calotype.image.elf;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.ExportFinder;
import dev.calotype.image.PlaceFinder.Place;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.Optional;

/**
 * The way to the dynamic symbols: {@code PT_DYNAMIC} and what it names. See {@link ExportFinder}.
 */
public final class ElfExportFinder {
  private static final String DYNAMIC = "dynamic table";
  private static final String SYMBOLS = "dynamic symbol table";
  private static final int MOST_DYNAMIC_BYTES = 1 << 20;
  private static final int MOST_TABLE_BYTES = 64 << 20;
  private static final int SYMBOL_SIZE = ElfLayout.ELF64.symbolSize();

  private ElfExportFinder() {}

  /** See {@link ExportFinder#visit}. */
  public static void visit(OpenFile file, ExportFinder.Visitor visitor) throws IOException {
    long most = Math.min(file.size(), ElfLayout.ELF64.headerSize());
    ByteView start = ElfNoteFinder.read(file, 0, most, "ELF header");
    ElfHeader header = ElfHeader.read(start);
    if (header.layout() != ElfLayout.ELF64) {
      throw start.malformed("ELF header", 4, "class 1 (32-bit)", "2 (64-bit)");
    }
    ByteView dynamic = dynamic(file, header);
    long hash = address(file, dynamic, Elf.DT_HASH);
    ByteView sizes =
        // Words of 8 bytes on s390x.
        ElfNoteFinder.read(file, hash, 16, "hash table").withOrder(header.order());
    long count =
        header.machine() == Elf.EM_S390 ? sizes.u64(8, "hash table") : sizes.u32(4, "hash table");
    long symbolsAt = address(file, dynamic, Elf.DT_SYMTAB);
    long stringsAt = address(file, dynamic, Elf.DT_STRTAB);
    long stringsSize = value(dynamic, Elf.DT_STRSZ);
    if (count < 0
        || count > MOST_TABLE_BYTES / SYMBOL_SIZE
        || stringsSize < 0
        || stringsSize > MOST_TABLE_BYTES) {
      throw dynamic.malformed(
          SYMBOLS,
          symbolsAt,
          "%d symbols with names of %d bytes".formatted(count, stringsSize),
          "at most %d bytes of each".formatted(MOST_TABLE_BYTES));
    }
    ByteView symbols =
        ElfNoteFinder.read(file, symbolsAt, count * SYMBOL_SIZE, SYMBOLS).withOrder(header.order());
    ByteView strings = ElfNoteFinder.read(file, stringsAt, stringsSize, SYMBOLS);
    for (long at = SYMBOL_SIZE; at < symbols.size(); at += SYMBOL_SIZE) {
      if (symbols.u16(at + 6, SYMBOLS) != 0) {
        visitor.export(
            strings.string(symbols.u32(at, SYMBOLS), strings.size(), SYMBOLS),
            symbols.u64(at + 8, SYMBOLS),
            symbols.u64(at + 16, SYMBOLS));
      }
    }
  }

  private static ByteView dynamic(OpenFile file, ElfHeader header) throws IOException {
    int size = header.layout().programHeaderSize();
    ByteView headers =
        ElfNoteFinder.table(
                file,
                "program header table",
                header.programHeaders(),
                header.programHeaderCount(),
                header.programHeaderSize(),
                size)
            .withOrder(header.order());
    for (long at = 0; at < headers.size(); at += size) {
      ElfSegment segment = new ElfSegment(headers, header.layout(), at, (int) (at / size));
      if (segment.typeNumber() == Elf.PT_DYNAMIC && segment.fileSize() <= MOST_DYNAMIC_BYTES) {
        return ElfNoteFinder.read(file, segment.offset(), segment.fileSize(), DYNAMIC)
            .withOrder(header.order());
      }
    }
    throw headers.malformed(DYNAMIC, header.programHeaders(), "none", "one");
  }

  private static long value(ByteView dynamic, long tag) {
    for (long at = 0; at + 16 <= dynamic.size(); at += 16) {
      if (dynamic.u64(at, DYNAMIC) == tag) {
        return dynamic.u64(at + 8, DYNAMIC);
      }
    }
    throw dynamic.malformed(DYNAMIC, 0, "no tag %d".formatted(tag), "one");
  }

  private static long address(OpenFile file, ByteView dynamic, long tag) throws IOException {
    long address = value(dynamic, tag);
    Optional<Place> place = ElfPlaceFinder.find(file, address, 1);
    if (place.isEmpty()) {
      throw dynamic.malformed(
          DYNAMIC, 0, "tag %d with address 0x%x".formatted(tag, address), "a loaded one");
    }
    return place.get().offset();
  }
}
