package dev.calotype.image.macho;

import dev.calotype.bytes.ByteView;
import dev.calotype.image.MachOImage.SymbolEntry;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A symbol table ({@code nlist}, {@code nlist_64}), or two ranges of one.
 *
 * @param view the file
 * @param layout the width
 * @param table where the file's symbol table starts
 * @param strings where the names start in the file
 * @param stringsEnd where they end
 * @param first which of the table's entries is the first one here
 * @param firstCount how many follow each other from there
 * @param second which one comes then
 * @param count how many there are; all lie within the file, checked by whoever makes this
 */
record MachOSymbols(
    ByteView view,
    MachOLayout layout,
    long table,
    long strings,
    long stringsEnd,
    long first,
    long firstCount,
    long second,
    long count)
    implements SymbolTable {
  private static final String STRUCTURE = "symbol table";
  private static final String RANGES = "dynamic symbol table";

  /** Bits of {@code n_type}. */
  private static final int N_STAB = 0xe0;

  private static final int N_PEXT = 0x10;
  private static final int N_TYPE = 0x0e;
  private static final int N_EXT = 0x01;

  /** Values of {@code N_TYPE}. */
  private static final int N_UNDF = 0x0;

  private static final int N_INDR = 0xa;
  private static final int N_PBUD = 0xc;
  private static final int N_SECT = 0xe;

  /** The STAB of an object file, whose {@code n_sect} is the processor's model. */
  private static final int N_OSO = 0x66;

  /** Bits of {@code n_desc}. */
  private static final int N_WEAK_REF = 0x40;

  private static final int N_WEAK_DEF = 0x80;

  /** All entries of the table that {@code LC_SYMTAB} names. */
  static MachOSymbols of(ByteView view, MachOHeader header, MachOCommands commands) {
    MachOLayout layout = header.layout();
    Optional<MachOCommand> command = commands.first(MachO.LC_SYMTAB);
    if (command.isEmpty()) {
      return new MachOSymbols(view, layout, 0, 0, 0, 0, 0, 0, 0);
    }
    long table = command.get().u32(8);
    long count = command.get().u32(12);
    long strings = command.get().u32(16);
    long stringsSize = command.get().u32(20);
    if (count == 0) {
      return new MachOSymbols(view, layout, 0, 0, 0, 0, 0, 0, 0);
    }
    view.require(table, count * layout.symbolSize(), STRUCTURE);
    view.require(strings, stringsSize, "string table");
    return new MachOSymbols(
        view, layout, table, strings, strings + stringsSize, 0, count, 0, count);
  }

  /** Those that {@code LC_DYSYMTAB} says are for the loader: defined external and undefined. */
  MachOSymbols dynamic(MachOCommands commands) {
    Optional<MachOCommand> command = commands.first(MachO.LC_DYSYMTAB);
    if (command.isEmpty()) {
      return range(0, 0, 0, 0);
    }
    return range(
        command.get().u32(16), command.get().u32(20), command.get().u32(24), command.get().u32(28));
  }

  /** The second range of {@link #dynamic}: what the loader has to find elsewhere. */
  MachOSymbols undefined(MachOCommands commands) {
    Optional<MachOCommand> command = commands.first(MachO.LC_DYSYMTAB);
    return command.isEmpty() ? this : range(command.get().u32(24), command.get().u32(28), 0, 0);
  }

  private MachOSymbols range(long first, long firstCount, long second, long secondCount) {
    requireRange(first, firstCount);
    requireRange(second, secondCount);
    return new MachOSymbols(
        view,
        layout,
        table,
        strings,
        stringsEnd,
        first,
        firstCount,
        second,
        firstCount + secondCount);
  }

  private void requireRange(long first, long length) {
    if (length != 0 && first + length > count) {
      throw view.malformed(
          RANGES,
          table,
          "symbols %d to %d".formatted(first, first + length),
          "an end at %d".formatted(count));
    }
  }

  @Override
  public Entry get(long index) {
    Objects.checkIndex(index, count);
    long entry = index < firstCount ? first + index : second + index - firstCount;
    return new Entry(this, index, table + entry * layout.symbolSize());
  }

  @Override
  public Iterator<Symbol> iterator() {
    return new Iterator<>() {
      private long next;

      @Override
      public boolean hasNext() {
        return next < count;
      }

      @Override
      public Symbol next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return get(next++);
      }
    };
  }

  /** One symbol. */
  record Entry(MachOSymbols symbols, long index, long at) implements SymbolEntry {
    @Override
    public String name() {
      long name = nameOffset();
      return name == 0
          ? ""
          : symbols.view.string(symbols.strings + name, symbols.stringsEnd, STRUCTURE);
    }

    @Override
    public MemorySegment nameBytes() {
      long name = nameOffset();
      return name == 0
          ? symbols.view.bytes().asSlice(0, 0)
          : symbols.view.stringBytes(symbols.strings + name, symbols.stringsEnd, STRUCTURE);
    }

    private long nameOffset() {
      return symbols.view.u32(at, STRUCTURE);
    }

    @Override
    public int typeByte() {
      return symbols.view.u8(at + 4, STRUCTURE);
    }

    @Override
    public int description() {
      return symbols.view.u16(at + 6, STRUCTURE);
    }

    @Override
    public long rawValue() {
      return symbols.layout.word(symbols.view, at + 8, STRUCTURE);
    }

    @Override
    public boolean isDebugging() {
      return (typeByte() & N_STAB) != 0;
    }

    private int kind() {
      return typeByte() & N_TYPE;
    }

    /** Undefined with a value: so much room is wanted, wherever the linker puts it. */
    private boolean isCommon() {
      return !isDebugging() && isGlobal() && kind() == N_UNDF && rawValue() != 0;
    }

    @Override
    public long value() {
      return isDebugging() || (isDefined() && !isCommon() && kind() != N_INDR) ? rawValue() : 0;
    }

    @Override
    public long size() {
      return isCommon() ? rawValue() : 0;
    }

    @Override
    public String type() {
      if (isDebugging()) {
        return debuggingType(typeByte());
      }
      return switch (kind()) {
        case N_UNDF -> isCommon() ? "COMMON" : "UNDF";
        case 0x2 -> "ABS";
        case N_INDR -> "INDR";
        case N_PBUD -> "PBUD";
        case N_SECT -> "SECT";
        default -> "0x%x".formatted(kind());
      };
    }

    @Override
    public String binding() {
      if (isDebugging()) {
        return "LOCAL";
      }
      if ((typeByte() & N_PEXT) != 0) {
        return "PRIVATE_EXTERNAL";
      }
      return isWeak() ? "WEAK" : isGlobal() ? "EXTERNAL" : "LOCAL";
    }

    @Override
    public boolean isDefined() {
      int kind = kind();
      return !isDebugging() && ((kind != N_UNDF && kind != N_PBUD) || isCommon());
    }

    @Override
    public boolean isGlobal() {
      return !isDebugging() && (typeByte() & N_EXT) != 0;
    }

    @Override
    public boolean isWeak() {
      return isGlobal() && (description() & (isDefined() ? N_WEAK_DEF : N_WEAK_REF)) != 0;
    }

    @Override
    public int libraryOrdinal() {
      return description() >> 8;
    }

    @Override
    public OptionalInt section() {
      int number = symbols.view.u8(at + 5, STRUCTURE);
      boolean isSection = isDebugging() ? typeByte() != N_OSO : kind() == N_SECT;
      return number != 0 && isSection ? OptionalInt.of(number - 1) : OptionalInt.empty();
    }

    /** {@code mach-o/stab.h}, without {@code N_}. */
    private static String debuggingType(int type) {
      return switch (type) {
        case 0x20 -> "GSYM";
        case 0x22 -> "FNAME";
        case 0x24 -> "FUN";
        case 0x26 -> "STSYM";
        case 0x28 -> "LCSYM";
        case 0x2a -> "MAIN";
        case 0x2e -> "BNSYM";
        case 0x30 -> "PC";
        case 0x32 -> "AST";
        case 0x3c -> "OPT";
        case 0x40 -> "RSYM";
        case 0x44 -> "SLINE";
        case 0x4e -> "ENSYM";
        case 0x60 -> "SSYM";
        case 0x64 -> "SO";
        case 0x66 -> "OSO";
        case 0x68 -> "LIB";
        case 0x80 -> "LSYM";
        case 0x82 -> "BINCL";
        case 0x84 -> "SOL";
        case 0x86 -> "PARAMS";
        case 0x88 -> "VERSION";
        case 0x8a -> "OLEVEL";
        case 0xa0 -> "PSYM";
        case 0xa2 -> "EINCL";
        case 0xa4 -> "ENTRY";
        case 0xc0 -> "LBRAC";
        case 0xc2 -> "EXCL";
        case 0xe0 -> "RBRAC";
        case 0xe2 -> "BCOMM";
        case 0xe4 -> "ECOMM";
        case 0xe8 -> "ECOML";
        case 0xfe -> "LENG";
        default -> "0x%x".formatted(type);
      };
    }
  }
}
