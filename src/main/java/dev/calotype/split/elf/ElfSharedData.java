package dev.calotype.split.elf;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfLayout;
import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is around a data file in an ELF64 shared object of the shape <em>needed</em>: the headers
 * before it, and the tables behind it. docs/containers.md, "Needed", has the picture.
 */
public final class ElfSharedData {
  /** Where the data file starts, in the file and in memory. */
  public static final long BASE = 0x10000;

  private static final int HEADER_SIZE = ElfLayout.ELF64.headerSize();
  private static final int PROGRAM_HEADER_SIZE = ElfLayout.ELF64.programHeaderSize();
  private static final int SECTION_HEADER_SIZE = ElfLayout.ELF64.sectionHeaderSize();
  private static final int SYMBOL_SIZE = ElfLayout.ELF64.symbolSize();
  private static final int DYNAMIC_SIZE = 16;
  private static final long PAGES = 0x10000;
  private static final int MACHINE_S390 = 22;
  private static final int DATA_SECTION = 2;

  private final Machine machine;
  private final List<Symbol> symbols;
  private final long size;
  private final byte[] note;
  private final long noteOffset;
  private final Strings dynamicStrings = new Strings();
  private final Strings sectionNames = new Strings();
  private final long soname;
  private final byte[] symbolTable;
  private final byte[] hash;
  private final long symbolsAt;
  private final long hashAt;
  private final long stringsAt;
  private final long readOnlyEnd;
  private final long dynamicAt;
  private final long dynamicAddress;

  /**
   * Lays it out.
   *
   * @param symbols what is exported, in the order of the symbol table
   * @param soname the name that code will need it by
   * @param size the size of the data file
   * @param note the data note
   * @param noteOffset where it goes
   */
  public ElfSharedData(
      Machine machine,
      List<Symbol> symbols,
      String soname,
      long size,
      byte[] note,
      long noteOffset) {
    this.machine = machine;
    this.symbols = List.copyOf(symbols);
    this.size = size;
    this.note = note.clone();
    this.noteOffset = noteOffset;
    symbolTable = symbolTable();
    hash = hash();
    this.soname = dynamicStrings.add(soname);
    symbolsAt = up(BASE + size, 8);
    hashAt = symbolsAt + symbolTable.length;
    stringsAt = hashAt + hash.length;
    readOnlyEnd = stringsAt + dynamicStrings.size();
    dynamicAt = up(readOnlyEnd, 8);
    // In a page of its own in memory, and congruent to its place in the file.
    dynamicAddress = up(readOnlyEnd, PAGES) + dynamicAt % PAGES;
  }

  /**
   * What it is made for.
   *
   * @param number {@code e_machine}
   * @param flags {@code e_flags}
   * @param order the byte order
   */
  public record Machine(int number, int flags, ByteOrder order) {}

  /**
   * An exported range.
   *
   * @param name its name
   * @param offset where it starts in the data file
   * @param size how many bytes it has
   */
  public record Symbol(String name, long offset, long size) {}

  /** What comes first: headers and note. Zeros follow to {@link #BASE}. */
  public byte[] head() {
    byte[] head = new byte[Math.toIntExact(noteOffset) + note.length];
    ByteWriter out = new ByteWriter(head, machine.order);
    boolean little = machine.order == ByteOrder.LITTLE_ENDIAN;
    head[0] = 0x7f;
    head[1] = 'E';
    head[2] = 'L';
    head[3] = 'F';
    head[4] = 2; // ELFCLASS64
    head[5] = (byte) (little ? 1 : 2);
    head[6] = 1; // EV_CURRENT
    out.at(16)
        .u16(Elf.ET_DYN)
        .u16(machine.number)
        .u32(1)
        .u64(0)
        .u64(HEADER_SIZE)
        .u64(sectionHeadersAt())
        .u32(machine.flags)
        .u16(HEADER_SIZE)
        .u16(PROGRAM_HEADER_SIZE)
        .u16(5)
        .u16(SECTION_HEADER_SIZE)
        .u16(8)
        .u16(7);
    long dynamic = dynamicEntries() * (long) DYNAMIC_SIZE;
    program(out, Elf.PT_LOAD, 4, 0, 0, readOnlyEnd, PAGES);
    program(out, Elf.PT_LOAD, 6, dynamicAt, dynamicAddress, dynamic, PAGES);
    program(out, Elf.PT_DYNAMIC, 6, dynamicAt, dynamicAddress, dynamic, 8);
    program(out, Elf.PT_NOTE, 4, noteOffset, noteOffset, note.length, 8);
    program(out, Elf.PT_GNU_STACK, 6, 0, 0, 0, 16);
    out.at((int) noteOffset).bytes(note);
    return head;
  }

  /** Where {@link #tail} starts, behind the data file. */
  public long tailOffset() {
    return symbolsAt;
  }

  /** What comes last: dynamic tables and section headers. */
  public byte[] tail() {
    byte[] names = sectionNames();
    long namesAt = dynamicAt + dynamicEntries() * (long) DYNAMIC_SIZE;
    int end = Math.toIntExact(sectionHeadersAt() + 8L * SECTION_HEADER_SIZE - symbolsAt);
    ByteWriter out = new ByteWriter(new byte[end], machine.order);
    out.bytes(symbolTable).bytes(hash).bytes(dynamicStrings.bytes());
    out.at((int) (dynamicAt - symbolsAt));
    dynamic(out, Elf.DT_SONAME, soname);
    dynamic(out, Elf.DT_HASH, hashAt);
    dynamic(out, Elf.DT_STRTAB, stringsAt);
    dynamic(out, Elf.DT_SYMTAB, symbolsAt);
    dynamic(out, Elf.DT_STRSZ, dynamicStrings.size());
    dynamic(out, Elf.DT_SYMENT, SYMBOL_SIZE);
    dynamic(out, Elf.DT_NULL, 0);
    out.bytes(names);
    out.at((int) (sectionHeadersAt() - symbolsAt)).at(out.position() + SECTION_HEADER_SIZE);
    long alloc = Elf.SHF_ALLOC;
    section(out, ".note.caldata", Elf.SHT_NOTE, alloc, noteOffset, noteOffset, note.length);
    end(out, 0, 0, 8, 0);
    section(out, ".caldata", Elf.SHT_PROGBITS, alloc, BASE, BASE, size);
    end(out, 0, 0, BASE, 0);
    section(out, ".dynsym", Elf.SHT_DYNSYM, alloc, symbolsAt, symbolsAt, symbolTable.length);
    end(out, 5, 1, 8, SYMBOL_SIZE);
    section(out, ".hash", Elf.SHT_HASH, alloc, hashAt, hashAt, hash.length);
    end(out, 3, 0, 8, hashWord());
    section(out, ".dynstr", Elf.SHT_STRTAB, alloc, stringsAt, stringsAt, dynamicStrings.size());
    end(out, 0, 0, 1, 0);
    section(
        out,
        ".dynamic",
        Elf.SHT_DYNAMIC,
        alloc | Elf.SHF_WRITE,
        dynamicAddress,
        dynamicAt,
        namesAt - dynamicAt);
    end(out, 5, 0, 8, DYNAMIC_SIZE);
    section(out, ".shstrtab", Elf.SHT_STRTAB, 0, 0, namesAt, names.length);
    end(out, 0, 0, 1, 0);
    return out.array();
  }

  private static int dynamicEntries() {
    return 7;
  }

  private long sectionHeadersAt() {
    return up(dynamicAt + dynamicEntries() * (long) DYNAMIC_SIZE + sectionNames().length, 8);
  }

  private byte[] sectionNames() {
    if (sectionNames.size() == 1) {
      for (String name :
          List.of(
              ".note.caldata",
              ".caldata",
              ".dynsym",
              ".hash",
              ".dynstr",
              ".dynamic",
              ".shstrtab")) {
        sectionNames.add(name);
      }
    }
    return sectionNames.bytes();
  }

  /** gABI, "Symbol Table": global, an object, protected, in the section of the data file. */
  private byte[] symbolTable() {
    ByteWriter table =
        new ByteWriter(
            new byte[Math.multiplyExact(symbols.size() + 1, SYMBOL_SIZE)], machine.order);
    table.at(SYMBOL_SIZE);
    for (Symbol symbol : symbols) {
      int start = table.position();
      table.u32(dynamicStrings.add(symbol.name));
      table.array()[start + 4] = 0x11; // STB_GLOBAL, STT_OBJECT
      table.array()[start + 5] = 3; // STV_PROTECTED
      table.at(start + 6).u16(DATA_SECTION).u64(BASE + symbol.offset).u64(symbol.size);
    }
    return table.array();
  }

  /** gABI, "Hash Table". */
  private byte[] hash() {
    int buckets = Math.max(1, symbols.size() / 2 | 1);
    int count = symbols.size() + 1;
    long[] words = new long[2 + buckets + count];
    words[0] = buckets;
    words[1] = count;
    for (int i = 1; i < count; i++) {
      byte[] name = symbols.get(i - 1).name.getBytes(StandardCharsets.UTF_8);
      int bucket = 2 + (int) (hash(name) % buckets);
      words[2 + buckets + i] = words[bucket];
      words[bucket] = i;
    }
    ByteWriter table = new ByteWriter(new byte[up(words.length * hashWord())], machine.order);
    for (long word : words) {
      if (hashWord() == 8) {
        table.u64(word);
      } else {
        table.u32(word);
      }
    }
    return table.array();
  }

  private static long hash(byte[] name) {
    long hash = 0;
    for (byte letter : name) {
      hash = (hash << 4) + Byte.toUnsignedLong(letter);
      long high = hash & 0xf0000000L;
      hash = (hash ^ high >>> 24) & ~high & 0xffffffffL;
    }
    return hash;
  }

  /** 4 everywhere, but 8 in the supplement for s390x. */
  private int hashWord() {
    return machine.number == MACHINE_S390 ? 8 : 4;
  }

  private static void program(
      ByteWriter out, long type, int flags, long offset, long address, long size, long alignment) {
    out.u32(type)
        .u32(flags)
        .u64(offset)
        .u64(address)
        .u64(address)
        .u64(size)
        .u64(size)
        .u64(alignment);
  }

  private static void dynamic(ByteWriter out, long tag, long value) {
    out.u64(tag).u64(value);
  }

  private void section(
      ByteWriter out, String name, long type, long flags, long address, long offset, long bytes) {
    out.u32(sectionNames.at(name)).u32(type).u64(flags).u64(address).u64(offset).u64(bytes);
  }

  private static void end(ByteWriter out, int link, int info, long alignment, int entry) {
    out.u32(link).u32(info).u64(alignment).u64(entry);
  }

  private static int up(int value) {
    return (value + 7) & -8;
  }

  private static long up(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }

  /** A string table. */
  private static final class Strings {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<String, Integer> places = new HashMap<>();

    Strings() {
      bytes.write(0);
    }

    int add(String text) {
      int at = bytes.size();
      bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      bytes.write(0);
      places.put(text, at);
      return at;
    }

    int at(String name) {
      return Objects.requireNonNull(places.get(name), name);
    }

    int size() {
      return bytes.size();
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}
