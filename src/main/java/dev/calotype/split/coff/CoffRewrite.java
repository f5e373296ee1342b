package dev.calotype.split.coff;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.ji.Shape;
import dev.calotype.split.object.CellTable;
import dev.calotype.split.object.EntryTable;
import dev.calotype.split.object.Layout;
import dev.calotype.split.object.Patches;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The new headers and tables of a COFF object without its data. Takes copies of the old headers, so
 * it needs the object's memory only while it is made.
 */
final class CoffRewrite {
  private static final int MOST_RELOCATIONS = 0xfffe;
  private static final int AMD64_ADDR32NB = 3;
  private static final int ARM64_ADDR32NB = 2;
  private static final long ALIGN_1 = 0x0010_0000;
  private static final long ALIGN_8 = 0x0040_0000;
  private static final long ALIGN_4096 = 0x00d0_0000;

  private final String file;
  private final long size;
  private final Shape shape;
  private final List<Integer> moving;
  private final Patches patches;
  private final byte[] head;
  private final int sectionCount;
  private final long symbols;
  private final long symbolCount;
  private final long stringsSize;
  private final boolean isArm;
  private final long[][] fields;
  private final List<Label> labels = new ArrayList<>();
  private final Map<Integer, EntryTable> tables = new TreeMap<>();
  private final List<Long> places = new ArrayList<>();
  private int cellCount;

  /** A new symbol. */
  private record Label(String name, int section, long value) {}

  CoffRewrite(CoffObject object, Shape shape, List<Integer> moving, Patches patches) {
    this.file = object.file();
    this.size = object.view().size();
    this.shape = shape;
    this.moving = moving;
    this.patches = patches;
    this.sectionCount = object.sectionCount();
    this.head =
        object
            .view()
            .slice(0, object.header(sectionCount), "headers")
            .toArray(ValueLayout.JAVA_BYTE);
    this.symbols = object.symbols();
    this.symbolCount = object.symbolCount();
    this.stringsSize = object.stringsSize();
    this.isArm = object.isArm();
    this.fields = new long[sectionCount][];
    for (int i = 0; i < sectionCount; i++) {
      fields[i] =
          new long[] {
            object.rawSize(i),
            object.rawPointer(i),
            object.field(i, 24),
            object.field(i, 28),
            object.characteristics(i)
          };
    }
  }

  /** How large a section is in the object after its content left. */
  static long sizeLeft(long size, Shape shape) {
    return shape == Shape.HOLE ? -(-size & -CoffObjectPlan.HOLE_ALIGNMENT) : 0;
  }

  /** Makes a section of cells; returns the symbol of the first, which the others follow. */
  long cells(int count) {
    cellCount = count;
    long first = symbolCount + labels.size();
    for (int i = 0; i < count; i++) {
      labels.add(new Label("calcell", sectionCount, (long) i * CellTable.CELL));
    }
    return first;
  }

  /** A symbol at a place in a section. */
  long symbol(int section, long value) {
    labels.add(new Label("calplace", section, value));
    return symbolCount + labels.size() - 1;
  }

  /** Adds a place to the note: the address of this symbol. */
  void place(long symbol) {
    places.add(symbol);
    if (places.size() > MOST_RELOCATIONS) {
      throw new RefusedException(
          file, "its note would have more than %d places".formatted(MOST_RELOCATIONS));
    }
  }

  /** Gives a section other relocations. */
  void relocations(int section, EntryTable table) {
    tables.put(section, table);
  }

  Layout layout(int noteSize) {
    int added = (cellCount > 0 ? 1 : 0) + 2;
    int headSize = head.length + added * CoffObject.SECTION_SIZE;
    long strings = symbols + symbolCount * CoffObject.SYMBOL_SIZE;
    Layout layout = new Layout(file, size, patches);
    layout.drop(0, head.length);
    layout.copy(symbols, symbolCount * CoffObject.SYMBOL_SIZE);
    layout.copy(strings, stringsSize);
    for (int i = 0; i < moving.size(); i++) {
      long[] section = fields[moving.get(i)];
      layout.move(section[1], section[0], i);
    }
    tables.forEach((section, _) -> layout.drop(fields[section][2], oldCount(section)));
    layout.arrange(headSize);
    ByteWriter writer = new ByteWriter(headSize);
    writer.bytes(head);
    Set<Integer> left = new HashSet<>(moving);
    for (int i = 0; i < sectionCount; i++) {
      long[] section = fields[i];
      int at = CoffObject.HEADER_SIZE + i * CoffObject.SECTION_SIZE;
      boolean leaves = left.contains(i);
      writer.at(at + 20).u32(leaves || section[1] == 0 ? 0 : checked(layout.map(section[1])));
      writer.at(at + 24).u32(section[2] == 0 ? 0 : checked(layout.map(section[2])));
      writer.at(at + 28).u32(section[3] == 0 ? 0 : checked(layout.map(section[3])));
      if (leaves) {
        leave(writer, at, section);
      }
    }

    layout.align(4);
    long symbolsAt = layout.putCopy(symbols);
    layout.put(newSymbols());
    layout.putCopy(strings);
    if (stringsSize == 0) {
      layout.put(CoffWords.u32(4));
    }
    tables.forEach((section, table) -> {
      int at = CoffObject.HEADER_SIZE + section * CoffObject.SECTION_SIZE;
      layout.align(4);
      long start = layout.put(table.toBytes());
      writer.at(at + 24).u32(table.count() == 0 ? 0 : checked(start));
      writer.at(at + 32).u16(table.count());
    });
    layout.align(8);
    long note = layout.put(noteSize, Layout.Known::note);
    long relocations = layout.put(relocations(noteSize));
    long recipeSize = layout.recipeSize();
    long recipe = layout.put(recipeSize, Layout.Known::recipe);

    writer.at(2).u16(sectionCount + added);
    writer.at(8).u32(checked(symbolsAt)).u32(symbolCount + labels.size());
    writer.at(head.length);
    if (cellCount > 0) {
      writer.bytes(
          CoffWords.section(
              ".calslot",
              (long) cellCount * CellTable.CELL,
              0,
              0,
              0,
              CoffObject.UNINITIALIZED | CoffObject.READ | CoffObject.WRITE | ALIGN_8));
    }
    writer.bytes(
        CoffWords.section(
            ".calnote",
            noteSize,
            checked(note),
            places.isEmpty() ? 0 : checked(relocations),
            places.size(),
            CoffObject.INITIALIZED | CoffObject.READ | ALIGN_8));
    writer.bytes(
        CoffWords.section(
            ".calrcp",
            checked(recipeSize),
            checked(recipe),
            0,
            0,
            CoffObject.LINKER_ONLY | ALIGN_1));
    layout.setHead(writer.array());
    return layout;
  }

  private void leave(ByteWriter writer, int at, long[] section) {
    writer.at(at + 16).u32(sizeLeft(section[0], shape));
    if (shape == Shape.SLOTS) {
      writer.at(at + 36).u32(section[4] & ~CoffObject.COMDAT);
      return;
    }
    writer.at(at).bytes(CoffWords.shortName(".jihole"));
    writer
        .at(at + 36)
        .u32(
            (section[4] & ~(CoffObject.INITIALIZED | CoffObject.ALIGNMENT))
                | CoffObject.UNINITIALIZED
                | CoffObject.READ
                | CoffObject.WRITE
                | ALIGN_4096);
  }

  /** How many bytes a section's relocations had. */
  private long oldCount(int section) {
    int at = CoffObject.HEADER_SIZE + section * CoffObject.SECTION_SIZE + 32;
    return (long) CoffObject.RELOCATION_SIZE * ((head[at] & 0xff) | (head[at + 1] & 0xff) << 8);
  }

  private long checked(long offset) {
    if (offset >>> 32 != 0) {
      throw new RefusedException(file, "the new object would be larger than COFF allows");
    }
    return offset;
  }

  private byte[] newSymbols() {
    ByteWriter writer = new ByteWriter(labels.size() * CoffObject.SYMBOL_SIZE);
    for (Label label : labels) {
      CoffWords.symbol(writer, label.name, label.value, label.section);
    }
    return writer.array();
  }

  /** What fills the low half of the note's places, which are at its end. */
  private byte[] relocations(int noteSize) {
    ByteWriter writer = new ByteWriter(places.size() * CoffObject.RELOCATION_SIZE);
    long at = noteSize - (long) places.size() * CellTable.CELL;
    for (long place : places) {
      writer.u32(at).u32(place).u16(isArm ? ARM64_ADDR32NB : AMD64_ADDR32NB);
      at += CellTable.CELL;
    }
    return writer.array();
  }
}
