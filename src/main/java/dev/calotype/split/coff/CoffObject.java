package dev.calotype.split.coff;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.image.CoffImage;
import dev.calotype.image.Section;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A COFF object as splitting needs it: places of fields that will change, and not only their values
 * (PE/COFF specification). All tables are checked to lie in the file.
 */
final class CoffObject {
  static final int HEADER_SIZE = 20;
  static final int SECTION_SIZE = 40;
  static final int SYMBOL_SIZE = 18;
  static final int RELOCATION_SIZE = 10;
  static final int MACHINE_AMD64 = 0x8664;
  static final int MACHINE_ARM64 = 0xaa64;

  static final long CODE = 0x20;
  static final long INITIALIZED = 0x40;
  static final long UNINITIALIZED = 0x80;
  static final long LINKER_ONLY = 0xa00; // IMAGE_SCN_LNK_INFO, IMAGE_SCN_LNK_REMOVE
  static final long COMDAT = 0x1000;
  static final long ALIGNMENT = 0x00f0_0000;
  static final long DISCARDABLE = 0x0200_0000;
  static final long EXECUTE = 0x2000_0000;
  static final long READ = 0x4000_0000;
  static final long WRITE = 0x8000_0000L;

  static final int CLASS_EXTERNAL = 2;
  static final int CLASS_STATIC = 3;

  private static final int SELECT_NODUPLICATES = 1;

  private static final String SYMBOLS = "symbol table";

  /** {@code NumberOfRelocations} when the real number is in the first entry. */
  private static final int OVERFLOWN = 0xffff;

  private static final int MOST_SECTIONS = 0xfeff - 8;

  private final ByteView view;
  private final int machine;
  private final List<String> names = new ArrayList<>();
  private final Set<Integer> unique = new HashSet<>();
  private final long symbols;
  private final long symbolCount;
  private final long stringsSize;

  private CoffObject(ByteView view, CoffImage image) {
    this.view = view;
    this.machine = image.machine();
    this.symbols = view.u32(8, "COFF header");
    this.symbolCount = view.u32(12, "COFF header");
    for (Section section : image.sections()) {
      names.add(section.name());
    }
    view.require(symbols, symbolCount * SYMBOL_SIZE, SYMBOLS);
    long strings = symbols + symbolCount * SYMBOL_SIZE;
    stringsSize = strings == view.size() ? 0 : view.u32(strings, "string table");
    view.require(strings, stringsSize, "string table");
    findUnique();
  }

  /** Finds the COMDAT sections of which there may be only one ("Section Definitions"). */
  private void findUnique() {
    for (long i = 0; i < symbolCount; i += 1 + auxiliaries(i)) {
      if (isSectionDefinition(i)
          && view.u8(symbolAt(i) + SYMBOL_SIZE + 14, SYMBOLS) == SELECT_NODUPLICATES) {
        unique.add(symbolSection(i));
      }
    }
  }

  /** Whether a symbol is a section's own, with the record that describes it. */
  boolean isSectionDefinition(long index) {
    return symbolSection(index) >= 0
        && symbolClass(index) == CLASS_STATIC
        && symbolValue(index) == 0
        && auxiliaries(index) == 1
        && index + 1 < symbolCount;
  }

  /** Whether the linker may take another object's section instead. */
  boolean isShared(int section) {
    return has(section, COMDAT) && !unique.contains(section);
  }

  /**
   * Takes an object.
   *
   * @throws RefusedException if it is none that can be split
   */
  static CoffObject of(CoffImage image) {
    ByteView view = new ByteView(image.bytes(), image.file());
    boolean known = image.machine() == MACHINE_AMD64 || image.machine() == MACHINE_ARM64;
    if (!known || image.isBigObject() || image.importObject().isPresent()) {
      throw new RefusedException(
          image.file(),
          "is a %s for %s; only ordinary ones for x86_64 and aarch64 can be split"
              .formatted(image.type(), image.target().id()));
    }
    if (view.u16(16, "COFF header") != 0 || view.u32(8, "COFF header") == 0) {
      throw new RefusedException(image.file(), "has no symbol table, or an optional header");
    }
    if (image.sections().size() > MOST_SECTIONS) {
      throw new RefusedException(
          image.file(), "has %d sections".formatted(image.sections().size()));
    }
    return new CoffObject(view, image);
  }

  String file() {
    return view.file();
  }

  ByteView view() {
    return view;
  }

  boolean isArm() {
    return machine == MACHINE_ARM64;
  }

  int sectionCount() {
    return names.size();
  }

  String name(int section) {
    return names.get(section);
  }

  /** Where a section's header is. */
  long header(int section) {
    return HEADER_SIZE + (long) section * SECTION_SIZE;
  }

  long field(int section, int field) {
    return view.u32(header(section) + field, "section header " + section);
  }

  long rawSize(int section) {
    return field(section, 16);
  }

  long rawPointer(int section) {
    return field(section, 20);
  }

  long characteristics(int section) {
    return field(section, 36);
  }

  boolean has(int section, long characteristic) {
    return (characteristics(section) & characteristic) != 0;
  }

  /**
   * Whether {@code before} bytes before an offset in a section and {@code length} after are there.
   */
  boolean has(int section, long offset, int before, int length) {
    long size = rawSize(section);
    return rawPointer(section) != 0
        && offset >= before
        && offset <= size - length
        && view.contains(rawPointer(section), size);
  }

  long symbols() {
    return symbols;
  }

  long symbolCount() {
    return symbolCount;
  }

  long stringsSize() {
    return stringsSize;
  }

  /** Where a symbol's record is. */
  long symbolAt(long index) {
    if (index >= symbolCount) {
      throw view.malformed(
          SYMBOLS, symbols, "symbol " + index, "one below %d".formatted(symbolCount));
    }
    return symbols + index * SYMBOL_SIZE;
  }

  /** The section a symbol is in, from 0; -1 if it is in none. */
  int symbolSection(long index) {
    int number = (short) view.u16(symbolAt(index) + 12, SYMBOLS);
    return number <= 0 || number > sectionCount() ? -1 : number - 1;
  }

  long symbolValue(long index) {
    return view.u32(symbolAt(index) + 8, SYMBOLS);
  }

  int symbolClass(long index) {
    return view.u8(symbolAt(index) + 16, SYMBOLS);
  }

  int auxiliaries(long index) {
    return view.u8(symbolAt(index) + 17, SYMBOLS);
  }

  /**
   * A copy of a section's relocations.
   *
   * @throws RefusedException if there are so many that their number is among them
   */
  byte[] relocationBytes(int section) {
    Relocations table = relocations(section);
    if (table.count >= OVERFLOWN) {
      throw new RefusedException(
          file(), "section %s has %d relocations".formatted(name(section), table.count));
    }
    return view.slice(table.at, table.count * RELOCATION_SIZE, "relocations")
        .toArray(ValueLayout.JAVA_BYTE);
  }

  /** Where a section's relocations are, and how many. */
  record Relocations(long at, long count) {}

  Relocations relocations(int section) {
    String structure = "relocations of section header " + section;
    long at = field(section, 24);
    long count = view.u16(header(section) + 32, structure);
    if (count == OVERFLOWN && has(section, 0x0100_0000)) {
      count = view.u32(at, structure) - 1;
      at += RELOCATION_SIZE;
    }
    if (count < 0) {
      throw view.malformed(structure, at, "a count of 0", "at least 1");
    }
    view.require(count == 0 ? 0 : at, count * RELOCATION_SIZE, structure);
    return new Relocations(at, count);
  }
}
