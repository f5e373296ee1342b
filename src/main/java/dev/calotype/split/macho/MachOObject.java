package dev.calotype.split.macho;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.image.MachOImage;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A Mach-O object as splitting needs it: places of fields that will change, and not only their
 * values (Apple's {@code mach-o/loader.h}, {@code nlist.h}, {@code reloc.h}). All tables are
 * checked to lie in the file.
 */
final class MachOObject {
  static final int HEADER_SIZE = 32;
  static final int SEGMENT_SIZE = 72;
  static final int SECTION_SIZE = 80;
  static final int SYMBOL_SIZE = 16;
  static final int RELOCATION_SIZE = 8;

  static final int LC_SYMTAB = 2;
  static final int LC_DYSYMTAB = 0xb;
  static final int LC_SEGMENT_64 = 0x19;
  static final int LC_LINKER_OPTIMIZATION_HINT = 0x2e;
  static final int LC_NOTE = 0x31;

  /** Commands without offsets: UUID, minimum versions, source version, linker option, build. */
  private static final List<Integer> PLACELESS =
      List.of(0x1b, 0x24, 0x25, 0x2a, 0x2d, 0x2f, 0x30, 0x32);

  /** Commands with the offset and size of one table. */
  static final List<Integer> LINK_EDIT =
      List.of(0x1d, 0x1e, 0x26, 0x29, 0x2b, LC_LINKER_OPTIMIZATION_HINT, 0x36);

  static final int N_EXT = 1;
  static final int N_ABS = 2;
  static final int N_SECT = 0xe;
  static final int N_STAB = 0xe0;
  static final int N_WEAK_DEF = 0x80;

  private static final int CPU_X86_64 = 0x01000007;
  private static final int CPU_ARM64 = 0x0100000c;
  private static final int MH_OBJECT = 1;
  private static final String SYMBOLS = "symbol table";
  private static final String COMMANDS = "load commands";

  private final ByteView view;
  private final boolean arm;
  private final List<Command> commands = new ArrayList<>();
  private long segment = -1;
  private long symbolTable = -1;

  private MachOObject(ByteView view, boolean arm) {
    this.view = view;
    this.arm = arm;
  }

  /** A load command: its number, where it starts, how many bytes it has. */
  record Command(int type, long at, long size) {}

  /**
   * Takes an object.
   *
   * @throws RefusedException if it is none that can be split
   */
  static MachOObject of(MachOImage image) {
    boolean known = image.cpuType() == CPU_X86_64 || image.cpuType() == CPU_ARM64;
    if (!known || image.target().byteOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new RefusedException(
          image.file(),
          "is for %s; only objects for x86_64 and aarch64 can be split"
              .formatted(image.target().id()));
    }
    if (image.fileType() != MH_OBJECT) {
      throw new RefusedException(image.file(), "is no relocatable object but " + image.type());
    }
    MachOObject object =
        new MachOObject(new ByteView(image.bytes(), image.file()), image.cpuType() == CPU_ARM64);
    object.readCommands();
    return object;
  }

  private void readCommands() {
    long count = view.u32(16, COMMANDS);
    long end = HEADER_SIZE + view.u32(20, COMMANDS);
    view.require(HEADER_SIZE, end - HEADER_SIZE, COMMANDS);
    long at = HEADER_SIZE;
    for (long i = 0; i < count; i++) {
      int type = (int) view.u32(at, COMMANDS);
      long size = view.u32(at + 4, COMMANDS);
      if (size < 8 || size > end - at) {
        throw view.malformed(COMMANDS, at, size + " bytes", "a command within the commands");
      }
      add(new Command(type, at, size));
      at += size;
    }
    if (segment < 0 || symbolTable < 0 || at != end) {
      throw new RefusedException(file(), "has no segment, no symbol table, or gaps in between");
    }
    for (int section = 0; section < sectionCount(); section++) {
      view.require(
          relocations(section) == 0 ? 0 : u32(section, 56),
          relocations(section) * RELOCATION_SIZE,
          "relocations of section " + section);
    }
    view.require(symbols(), symbolCount() * SYMBOL_SIZE, SYMBOLS);
    view.require(strings(), stringsSize(), "string table");
  }

  private void add(Command command) {
    boolean ours = command.type == LC_SEGMENT_64 || command.type == LC_SYMTAB;
    long least =
        switch (command.type) {
          case LC_SEGMENT_64 -> SEGMENT_SIZE;
          case LC_SYMTAB -> 24;
          case LC_DYSYMTAB -> 80;
          case LC_NOTE -> 40;
          default -> LINK_EDIT.contains(command.type) ? 16 : 8;
        };
    boolean known =
        ours
            || command.type == LC_DYSYMTAB
            || command.type == LC_NOTE
            || LINK_EDIT.contains(command.type)
            || PLACELESS.contains(command.type);
    if (!known || command.size < least) {
      throw new RefusedException(
          file(), "has a load command 0x%x whose places are not known".formatted(command.type));
    }
    if (command.type == LC_SEGMENT_64) {
      long sections = view.u32(command.at + 64, COMMANDS);
      if (segment >= 0 || sections * SECTION_SIZE != command.size - SEGMENT_SIZE) {
        throw new RefusedException(file(), "has a second segment, or one of another size");
      }
      segment = command.at;
    } else if (command.type == LC_SYMTAB) {
      symbolTable = command.at;
    }
    commands.add(command);
  }

  String file() {
    return view.file();
  }

  ByteView view() {
    return view;
  }

  boolean isArm() {
    return arm;
  }

  List<Command> commands() {
    return commands;
  }

  /** Where the segment's command is. */
  long segment() {
    return segment;
  }

  /** Where the command of the symbol table is. */
  long symbolTable() {
    return symbolTable;
  }

  int sectionCount() {
    return (int) view.u32(segment + 64, COMMANDS);
  }

  /** Where a section's header is. */
  long header(int section) {
    return segment + SEGMENT_SIZE + (long) section * SECTION_SIZE;
  }

  String name(int section) {
    return segmentName(section) + "," + text(header(section));
  }

  String segmentName(int section) {
    return text(header(section) + 16);
  }

  private String text(long at) {
    byte[] bytes = view.slice(at, 16, COMMANDS).toArray(ValueLayout.JAVA_BYTE);
    int length = 0;
    while (length < bytes.length && bytes[length] != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  long address(int section) {
    return view.u64(header(section) + 32, COMMANDS);
  }

  long size(int section) {
    return view.u64(header(section) + 40, COMMANDS);
  }

  long offset(int section) {
    return u32(section, 48);
  }

  long flags(int section) {
    return u32(section, 64);
  }

  long relocations(int section) {
    return u32(section, 60);
  }

  long relocationsAt(int section) {
    return u32(section, 56);
  }

  /** A copy of a section's relocations. */
  byte[] relocationBytes(int section) {
    return view.slice(relocationsAt(section), relocations(section) * RELOCATION_SIZE, "relocations")
        .toArray(ValueLayout.JAVA_BYTE);
  }

  /** The alignment of a section as a power of two. */
  long alignment(int section) {
    return u32(section, 52);
  }

  private long u32(int section, int field) {
    return view.u32(header(section) + field, COMMANDS);
  }

  /** Whether the section's bytes are in the file. */
  boolean hasBytes(int section) {
    int type = (int) flags(section) & 0xff;
    boolean isZeros = type == 1 || type == 0xc || type == 0x12;
    return !isZeros && offset(section) != 0 && size(section) > 0;
  }

  /**
   * Whether {@code before} bytes before an offset in a section and {@code length} after are there.
   */
  boolean has(int section, long offset, int before, int length) {
    return hasBytes(section)
        && offset >= before
        && offset <= size(section) - length
        && view.contains(offset(section), size(section));
  }

  long symbols() {
    return view.u32(symbolTable + 8, COMMANDS);
  }

  long symbolCount() {
    return view.u32(symbolTable + 12, COMMANDS);
  }

  long strings() {
    return view.u32(symbolTable + 16, COMMANDS);
  }

  long stringsSize() {
    return view.u32(symbolTable + 20, COMMANDS);
  }

  long symbolAt(long index) {
    if (index >= symbolCount()) {
      throw view.malformed(
          SYMBOLS, symbols(), "symbol " + index, "one below %d".formatted(symbolCount()));
    }
    return symbols() + index * SYMBOL_SIZE;
  }

  int symbolType(long index) {
    return view.u8(symbolAt(index) + 4, SYMBOLS);
  }

  int symbolDescription(long index) {
    return view.u16(symbolAt(index) + 6, SYMBOLS);
  }

  long symbolValue(long index) {
    return view.u64(symbolAt(index) + 8, SYMBOLS);
  }

  /** The section a symbol is in, from 0; -1 if it is in none. */
  int symbolSection(long index) {
    int type = symbolType(index);
    int number = view.u8(symbolAt(index) + 5, SYMBOLS);
    boolean isIn = (type & N_STAB) == 0 && (type & N_SECT) == N_SECT;
    return isIn && number > 0 && number <= sectionCount() ? number - 1 : -1;
  }

  String symbolName(long index) {
    long name = view.u32(symbolAt(index), SYMBOLS);
    if (name >= stringsSize()) {
      throw view.malformed(
          SYMBOLS,
          symbolAt(index),
          "name offset 0x%x".formatted(name),
          "one within a string table of %d bytes".formatted(stringsSize()));
    }
    return view.string(strings() + name, strings() + stringsSize(), "string table");
  }
}
