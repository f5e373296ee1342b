package dev.calotype.split.macho;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.ji.Shape;
import dev.calotype.split.object.CellTable;
import dev.calotype.split.object.EntryTable;
import dev.calotype.split.object.Layout;
import dev.calotype.split.object.Patches;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The new headers and tables of a Mach-O object without its data. Takes copies of the old headers,
 * so it needs the object's memory only while it is made.
 */
final class MachORewrite {
  /** {@code r_extern}: a relocation names a symbol. */
  static final long EXTERNAL = 1L << 27;

  private static final int MOST_SECTIONS = 255;
  private static final int MOST_SYMBOLS = 1 << 24;
  private static final int ALT_ENTRY = 0x200;
  private static final long EIGHT_BYTES = 3L << 25;
  private static final long X86_64_SUBTRACTOR = 5L << 28;
  private static final long ARM64_SUBTRACTOR = 1L << 28;
  private static final long ZEROFILL = 1;
  private static final long NO_DEAD_STRIP = 0x10000000;
  private static final long SUBSECTIONS_VIA_SYMBOLS = 0x2000;
  private static final byte[] NAMES =
      "l_calcell\0l_calplace\0l_calnote\0".getBytes(StandardCharsets.US_ASCII);
  private static final int CELL_NAME = 0;
  private static final int PLACE_NAME = 10;
  private static final int NOTE_NAME = 21;

  private final String file;
  private final long size;
  private final Shape shape;
  private final boolean isArm;
  private final List<Integer> moving;
  private final Patches patches;
  private final ByteView head;
  private final List<MachOObject.Command> commands;
  private final long segment;
  private final int sectionCount;
  private final long symbols;
  private final long symbolCount;
  private final long strings;
  private final long stringsSize;
  private final Map<Integer, EntryTable> tables = new TreeMap<>();
  private final List<Label> labels = new ArrayList<>();
  private final List<Long> places = new ArrayList<>();
  private final List<Integer> renamed = new ArrayList<>();
  private int cellCount;

  /** A new symbol: its name, its section from 0, how far from the section's start, flags. */
  private record Label(int name, int section, long value, int description) {}

  MachORewrite(MachOObject object, Shape shape, List<Integer> moving, Patches patches) {
    this.file = object.file();
    this.size = object.view().size();
    this.shape = shape;
    this.isArm = object.isArm();
    this.moving = moving;
    this.patches = patches;
    this.commands = object.commands();
    this.segment = object.segment();
    this.sectionCount = object.sectionCount();
    MachOObject.Command last = commands.getLast();
    byte[] bytes =
        object
            .view()
            .slice(0, last.at() + last.size(), "load commands")
            .toArray(ValueLayout.JAVA_BYTE);
    this.head = new ByteView(MemorySegment.ofArray(bytes), file);
    this.symbols = object.symbols();
    this.symbolCount = object.symbolCount();
    this.strings = object.strings();
    this.stringsSize = object.stringsSize();
    if (sectionCount + 3 > MOST_SECTIONS) {
      throw new RefusedException(file, "has %d sections".formatted(sectionCount));
    }
  }

  /** Makes a section of cells; returns the symbol of the first, which the others follow. */
  long cells(int count) {
    cellCount = count;
    long first = symbolCount + labels.size();
    for (int i = 0; i < count; i++) {
      // One atom, so that their order stays.
      int description = i == 0 ? 0 : ALT_ENTRY;
      add(new Label(CELL_NAME, sectionCount, (long) i * CellTable.CELL, description));
    }
    return first;
  }

  /** A symbol at a place in a section. */
  long symbol(int section, long value) {
    add(new Label(PLACE_NAME, section, value, ALT_ENTRY));
    return symbolCount + labels.size() - 1;
  }

  private void add(Label label) {
    labels.add(label);
    if (symbolCount + 2L * labels.size() >= MOST_SYMBOLS) {
      throw new RefusedException(file, "would have too many symbols");
    }
  }

  /** Adds a place to the note: the distance to this symbol. */
  void place(long symbol) {
    places.add(symbol);
  }

  /** Gives a section other relocations. */
  void relocations(int section, EntryTable table) {
    tables.put(section, table);
  }

  /** Sees to it that a section can be written to after relocation. */
  void keepWritable(int section) {
    renamed.add(section);
  }

  private long header(int section) {
    return segment + MachOObject.SEGMENT_SIZE + (long) section * MachOObject.SECTION_SIZE;
  }

  private long u32(long at) {
    return head.u32(at, "load commands");
  }

  private long u64(long at) {
    return head.u64(at, "load commands");
  }

  Layout layout(int noteSize) {
    int added = (cellCount > 0 ? 1 : 0) + 2;
    int grown = added * MachOObject.SECTION_SIZE;
    int headSize = (int) head.size() + grown;
    Layout layout = new Layout(file, size, patches);
    layout.drop(0, head.size());
    layout.copy(symbols, symbolCount * MachOObject.SYMBOL_SIZE);
    layout.copy(strings, stringsSize);
    for (int i = 0; i < moving.size(); i++) {
      long at = header(moving.get(i));
      layout.move(u32(at + 48), u64(at + 40), i);
    }
    tables.forEach((section, _) ->
        layout.drop(
            u32(header(section) + 56), u32(header(section) + 60) * MachOObject.RELOCATION_SIZE));
    layout.arrange(headSize);

    // Where the new sections are in the object's own address space.
    long cells = (u64(segment + 24) + u64(segment + 32) + 15) & -16;
    long note = cells + (long) cellCount * CellTable.CELL;
    List<Label> all = new ArrayList<>(labels);
    int noteSection = sectionCount + (cellCount > 0 ? 1 : 0);
    long firstPlace = noteSize - (long) places.size() * CellTable.CELL;
    all.add(new Label(NOTE_NAME, noteSection, 0, 0));
    long firstLabel = symbolCount + all.size();
    for (int i = 0; i < places.size(); i++) {
      all.add(new Label(NOTE_NAME, noteSection, firstPlace + (long) i * CellTable.CELL, ALT_ENTRY));
    }

    layout.align(8);
    long symbolsAt = layout.putCopy(symbols);
    layout.put(newSymbols(all, cells, note, noteSection));
    long stringsAt = layout.putCopy(strings);
    layout.put(NAMES);
    Head writer = new Head(headSize, added, layout);
    tables.forEach((section, table) -> {
      layout.align(8);
      long start = layout.put(table.toBytes());
      writer.section(section).at(56).u32(start).u32(table.count());
    });
    layout.align(8);
    long noteAt = layout.put(noteSize, Layout.Known::note);
    byte[] entries = noteRelocations(firstPlace, firstLabel);
    long entriesAt = layout.put(entries);
    long recipeSize = layout.recipeSize();
    long recipeAt = layout.put(recipeSize, Layout.Known::recipe);

    writer.moved();
    int next = sectionCount;
    if (cellCount > 0) {
      writer.add(next++, "__DATA", "__calslots", cells, note - cells, 0, 3, ZEROFILL);
    }
    Field noteHeader =
        writer.add(next++, "__TEXT", "__calotype", note, noteSize, noteAt, 3, NO_DEAD_STRIP);
    noteHeader.at(56).u32(places.isEmpty() ? 0 : entriesAt).u32(2L * places.size());
    writer.add(next, "__LLVM", "__calrecipe", note + noteSize, recipeSize, recipeAt, 0, 0);
    writer.symbols(symbolsAt, symbolCount + all.size(), stringsAt, stringsSize + NAMES.length);
    writer.segment(note + noteSize + recipeSize, layout.end());
    layout.setHead(writer.bytes.array());
    if (layout.end() >>> 32 != 0) {
      throw new RefusedException(file, "the new object would be larger than Mach-O allows");
    }
    return layout;
  }

  private byte[] newSymbols(List<Label> all, long cells, long note, int noteSection) {
    ByteWriter writer = new ByteWriter(all.size() * MachOObject.SYMBOL_SIZE);
    for (Label label : all) {
      long base =
          label.section == noteSection
              ? note
              : label.section == sectionCount ? cells : u64(header(label.section) + 32);
      writer.u32(stringsSize + label.name);
      writer.u16(MachOObject.N_SECT | (label.section + 1) << 8).u16(label.description);
      writer.u64(base + label.value);
    }
    return writer.array();
  }

  /** What fills the note's places: the symbol's address less that of the place. */
  private byte[] noteRelocations(long firstPlace, long firstLabel) {
    ByteWriter writer = new ByteWriter(2 * places.size() * MachOObject.RELOCATION_SIZE);
    long subtractor = isArm ? ARM64_SUBTRACTOR : X86_64_SUBTRACTOR;
    for (int i = 0; i < places.size(); i++) {
      long at = firstPlace + (long) i * CellTable.CELL;
      writer.u32(at).u32((firstLabel + i) | EIGHT_BYTES | EXTERNAL | subtractor);
      writer.u32(at).u32(places.get(i) | EIGHT_BYTES | EXTERNAL);
    }
    return writer.array();
  }

  /** A writer at a structure's start. */
  private record Field(ByteWriter bytes, int start) {
    ByteWriter at(int field) {
      return bytes.at(start + field);
    }
  }

  /** The new header and load commands: the old ones with a larger segment. */
  private final class Head {
    final ByteWriter bytes;
    private final Layout layout;
    private final int grown;
    private final int segmentEnd;

    Head(int size, int added, Layout layout) {
      this.bytes = new ByteWriter(size);
      this.layout = layout;
      this.grown = added * MachOObject.SECTION_SIZE;
      this.segmentEnd = (int) header(sectionCount);
      byte[] old = head.bytes().toArray(ValueLayout.JAVA_BYTE);
      System.arraycopy(old, 0, bytes.array(), 0, segmentEnd);
      System.arraycopy(old, segmentEnd, bytes.array(), segmentEnd + grown, old.length - segmentEnd);
      bytes.at(20).u32(u32(20) + grown);
      if (shape == Shape.HOLE) {
        bytes.at(24).u32(u32(24) & ~SUBSECTIONS_VIA_SYMBOLS);
      }
      bytes.at((int) segment + 4).u32(u32(segment + 4) + grown);
      bytes.at((int) segment + 64).u32(sectionCount + (long) added);
      for (int i = 0; i < sectionCount; i++) {
        move(i, 48);
        move(i, 56);
      }
      commands.forEach(this::move);
    }

    Field section(int index) {
      return new Field(bytes, (int) header(index));
    }

    private void move(int section, int field) {
      long old = u32(header(section) + field);
      section(section).at(field).u32(old == 0 ? 0 : layout.map(old));
    }

    private Field command(MachOObject.Command command) {
      return new Field(bytes, (int) command.at() + (command.at() >= segmentEnd ? grown : 0));
    }

    private void move(MachOObject.Command command) {
      Field field = command(command);
      if (MachOObject.LINK_EDIT.contains(command.type())) {
        field.at(8).u32(layout.map(u32(command.at() + 8)));
        // They name instructions that changed.
        if (command.type() == MachOObject.LC_LINKER_OPTIMIZATION_HINT && shape == Shape.SLOTS) {
          field.at(12).u32(0);
        }
      } else if (command.type() == MachOObject.LC_NOTE) {
        field.at(24).u64(layout.map(u64(command.at() + 24)));
      } else if (command.type() == MachOObject.LC_DYSYMTAB) {
        for (int table = 32; table <= 72; table += 8) {
          long old = u32(command.at() + table);
          field.at(table).u32(old == 0 ? 0 : layout.map(old));
        }
      }
    }

    void symbols(long at, long count, long strings, long size) {
      for (MachOObject.Command command : commands) {
        if (command.type() == MachOObject.LC_SYMTAB) {
          command(command).at(8).u32(at).u32(count).u32(strings).u32(size);
        }
      }
    }

    /** Sections that leave or are renamed. */
    void moved() {
      for (int section : moving) {
        Field field = section(section);
        if (shape == Shape.HOLE) {
          names(field, "__JIHOLE", "__jihole");
          field.at(48).u32(0).u32(isArm ? 14 : 12);
          // No attributes: LLVM's tools know zeros only by exactly this; the note refers to them.
          field.at(64).u32(ZEROFILL);
        } else {
          field.at(40).u64(0);
        }
      }
      for (int section : renamed) {
        names(section(section), "__DATA", "__caldata");
      }
    }

    Field add(
        int index,
        String segmentName,
        String name,
        long address,
        long length,
        long at,
        int alignment,
        long flags) {
      Field field =
          new Field(bytes, segmentEnd + (index - sectionCount) * MachOObject.SECTION_SIZE);
      names(field, segmentName, name);
      field.at(32).u64(address).u64(length).u32(at).u32(alignment);
      field.at(64).u32(flags);
      return field;
    }

    private static void names(Field field, String segmentName, String name) {
      field.at(0).bytes(padded(name)).bytes(padded(segmentName));
    }

    private static byte[] padded(String name) {
      byte[] bytes = new byte[16];
      byte[] text = name.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, bytes, 0, text.length);
      return bytes;
    }

    /** The segment holds all sections, in memory and in the file. */
    void segment(long endAddress, long endOffset) {
      long start = layout.map(u64(segment + 40));
      bytes
          .at((int) segment + 32)
          .u64(endAddress - u64(segment + 24))
          .u64(start)
          .u64(endOffset - start);
    }
  }
}
