package dev.calotype.split.elf;

import dev.calotype.RefusedException;
import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.image.elf.Elf;
import dev.calotype.image.elf.ElfLayout;
import dev.calotype.image.elf.ElfSection;
import dev.calotype.ji.Shape;
import dev.calotype.split.object.CellTable;
import dev.calotype.split.object.Layout;
import dev.calotype.split.object.Patches;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The new headers and tables of an ELF object without its data. Takes copies of the old headers, so
 * it needs the object's memory only while it is made.
 */
final class ElfObjectRewrite {
  private static final int HEADER_SIZE = ElfLayout.ELF64.headerSize();
  private static final int HIDDEN_GLOBAL = 1 << 4 | 2 << 8;
  private static final int OS_ABI = 7;
  private static final byte ELFOSABI_GNU = 3;
  private static final String MARK = "__calotype.";
  private static final int MARK_DIGITS = 16;
  private static final String RELRO = ".data.rel.ro";

  private final String file;
  private final long size;
  private final ElfMachine machine;
  private final Shape shape;
  private final List<Integer> moving;
  private final Patches patches;
  private final byte[] header;
  private final byte[] oldSections;
  private final long oldSectionsAt;
  private final long sectionCount;
  private final Table symbols;
  private final Table strings;
  private final Table names;
  private final Map<Integer, String> renamed = new TreeMap<>();
  private final List<String> oldNames;
  private final Map<Integer, Integer> anchors = new HashMap<>();
  private final List<Anchor> anchored = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private int cellCount;

  /** A table that grows, and so goes to the end. */
  private record Table(int section, long offset, long size) {}

  private record Place(long symbol, long addend) {}

  /** A new symbol, in a section by its new index. */
  private record Anchor(int section, long value) {}

  ElfObjectRewrite(
      ElfObject object, ElfMachine machine, Shape shape, List<Integer> moving, Patches patches) {
    this.file = object.file();
    this.machine = machine;
    this.shape = shape;
    this.moving = moving;
    this.patches = patches;
    ByteView view = object.view();
    this.size = view.size();
    this.sectionCount = object.sections().size();
    this.header = copy(view, 0, HEADER_SIZE);
    this.oldSectionsAt = object.image().header().sectionHeaders();
    this.oldSections =
        copy(view, oldSectionsAt, (int) sectionCount * ElfObject.SECTION_HEADER_SIZE);
    this.oldNames = object.sections().stream().map(ElfSection::name).toList();
    this.symbols = table(object, object.symbols().index());
    if (symbols.size % ElfObject.SYMBOL_SIZE != 0) {
      throw new RefusedException(file, "has a symbol table of %d bytes".formatted(symbols.size));
    }
    this.strings = table(object, (int) object.symbols().link());
    this.names = table(object, object.image().header().sectionNames());
    int hole = 1;
    for (int section : moving) {
      if (shape == Shape.HOLE) {
        renamed.put(section, hole == 1 ? ".jihole" : ".jihole." + hole);
        hole++;
      }
    }
  }

  private static Table table(ElfObject object, int index) {
    if (index <= 0 || index >= object.sections().size()) {
      throw new RefusedException(object.file(), "has no names of sections or symbols");
    }
    ElfSection section = object.sections().get(index);
    object.view().require(section.offset(), section.fileSize(), "section " + index);
    if (section.fileSize() == 0 || section.fileSize() > Integer.MAX_VALUE) {
      throw new RefusedException(object.file(), "has no names of sections or symbols");
    }
    return new Table(index, section.offset(), section.fileSize());
  }

  private static byte[] copy(ByteView view, long offset, int length) {
    return view.slice(offset, length, "headers").toArray(ValueLayout.JAVA_BYTE);
  }

  /** Makes a section of cells; returns the symbol at the first. */
  long cells(int count) {
    cellCount = count;
    return count == 0 ? 0 : anchor((int) sectionCount);
  }

  /** The symbol at the start of a section. */
  long anchor(int section) {
    Integer known = anchors.get(section);
    if (known == null) {
      known = anchored.size();
      anchors.put(section, known);
      anchored.add(new Anchor(section, 0));
    }
    return symbols.size() / ElfObject.SYMBOL_SIZE + known;
  }

  /** Adds a place to the note: the distance to this. */
  void place(long symbol, long addend) {
    places.add(new Place(symbol, addend));
  }

  /** Sees to it that a section can be written to after relocation. */
  void keepWritable(int section) {
    String name = oldNames.get(section);
    if (name.startsWith(RELRO)) {
      renamed.put(section, ".data.rel" + name.substring(RELRO.length()));
    }
  }

  Layout layout(int noteSize) {
    int noteIndex = (int) sectionCount + (cellCount > 0 ? 1 : 0);
    List<Anchor> labels = new ArrayList<>(anchored);
    long firstPlace = noteSize - (long) places.size() * CellTable.CELL;
    if (machine.distance().size() > 1) {
      // A label for each place: GNU ld adds what R_RISCV_SUB64 has to subtract with an addend.
      for (int i = 0; i < places.size(); i++) {
        labels.add(new Anchor(noteIndex, firstPlace + (long) i * CellTable.CELL));
      }
    }
    Layout layout = new Layout(file, size, patches);
    layout.drop(0, HEADER_SIZE);
    layout.drop(oldSectionsAt, oldSections.length);
    layout.copy(symbols.offset, symbols.size);
    layout.copy(strings.offset, strings.size);
    if (names.section != strings.section) {
      layout.copy(names.offset, names.size);
    }
    List<ElfHeaderLine> lines = ElfHeaderLine.all(oldSections);
    for (int i = 0; i < moving.size(); i++) {
      ElfHeaderLine line = lines.get(moving.get(i));
      layout.move(line.offset(), line.size(), i);
    }
    layout.arrange(HEADER_SIZE);
    lines.forEach(line -> line.offset(line.isNull() ? line.offset() : layout.map(line.offset())));

    // Symbols, and their names, which depend on the content.
    layout.align(8);
    ElfHeaderLine symbolTable = lines.get(symbols.section);
    symbolTable.offset(layout.putCopy(symbols.offset));
    layout.put(newSymbols(labels));
    symbolTable.size(layout.end() - symbolTable.offset());
    ElfHeaderLine stringTable = lines.get(strings.section);
    stringTable.offset(layout.putCopy(strings.offset));
    int count = labels.size();
    layout.put(
        symbolNames("0".repeat(MARK_DIGITS), count).length,
        known -> symbolNames(known.mark(), count));
    stringTable.size(layout.end() - stringTable.offset());

    // Names of sections.
    ElfHeaderLine nameTable = lines.get(names.section);
    if (names.section != strings.section) {
      nameTable.offset(layout.putCopy(names.offset));
      nameTable.size(names.size);
    }
    Names newNames = new Names(nameTable.size());
    renamed.forEach((section, name) -> lines.get(section).name(newNames.add(name)));
    changeMoved(lines);
    if (cellCount > 0) {
      lines.add(
          ElfHeaderLine.of(
                  newNames.add(".calslots"), Elf.SHT_NOBITS, Elf.SHF_WRITE | Elf.SHF_ALLOC, 8)
              .size((long) cellCount * CellTable.CELL));
    }
    ElfHeaderLine note =
        ElfHeaderLine.of(newNames.add(".note.calotype"), Elf.SHT_NOTE, Elf.SHF_ALLOC, 8);
    lines.add(note);
    ElfHeaderLine relocations =
        ElfHeaderLine.of(newNames.add(".rela.note.calotype"), Elf.SHT_RELA, 0x40, 8)
            .link(symbols.section, noteIndex)
            .entrySize(ElfObject.ENTRY_SIZE);
    if (!places.isEmpty()) {
      lines.add(relocations);
    }
    ElfHeaderLine recipe =
        ElfHeaderLine.of(newNames.add(".calrecipe"), Elf.SHT_PROGBITS, Elf.SHF_EXCLUDE, 1);
    lines.add(recipe);
    layout.put(newNames.bytes.toByteArray());
    nameTable.size(layout.end() - nameTable.offset());

    // What is new.
    layout.align(8);
    note.offset(layout.put(noteSize, Layout.Known::note)).size(noteSize);
    byte[] entries = relocations(firstPlace);
    relocations.offset(layout.put(entries)).size(entries.length);
    long recipeSize = layout.recipeSize();
    recipe.offset(layout.put(recipeSize, Layout.Known::recipe)).size(recipeSize);
    layout.align(8);
    long sections = layout.put(ElfHeaderLine.encode(lines));
    layout.setHead(newHeader(sections, lines.size()));
    return layout;
  }

  private byte[] newHeader(long sections, int count) {
    ByteWriter writer = new ByteWriter(header.clone());
    writer.at(40).u64(sections).at(60).u16(count);
    byte[] bytes = writer.array();
    // SHF_GNU_RETAIN is only known to it.
    if (shape == Shape.HOLE && bytes[OS_ABI] == 0) {
      bytes[OS_ABI] = ELFOSABI_GNU;
    }
    return bytes;
  }

  private void changeMoved(List<ElfHeaderLine> lines) {
    for (int section : moving) {
      ElfHeaderLine line = lines.get(section);
      if (shape == Shape.HOLE) {
        line.become(
            Elf.SHT_NOBITS,
            Elf.SHF_ALLOC | Elf.SHF_WRITE | Elf.SHF_GNU_RETAIN,
            -(-line.size() & -ElfObjectPlan.HOLE_ALIGNMENT),
            ElfObjectPlan.HOLE_ALIGNMENT);
      } else {
        line.become(Elf.SHT_NOBITS, Elf.SHF_EXCLUDE, 0, 1);
      }
    }
  }

  private byte[] newSymbols(List<Anchor> labels) {
    ByteWriter writer = new ByteWriter(labels.size() * ElfObject.SYMBOL_SIZE);
    long name = strings.size;
    for (int i = 0; i < labels.size(); i++) {
      Anchor label = labels.get(i);
      writer.u32(name).u16(HIDDEN_GLOBAL).u16(label.section).u64(label.value).u64(0);
      name += symbolName("0".repeat(MARK_DIGITS), i).length;
    }
    return writer.array();
  }

  private static byte[] symbolNames(String mark, int count) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      bytes.writeBytes(symbolName(mark, i));
    }
    return bytes.toByteArray();
  }

  private static byte[] symbolName(String mark, int index) {
    return (MARK + mark + "." + index + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  /** What fills the note's places, which are at its end. */
  private byte[] relocations(long firstPlace) {
    List<Integer> types = machine.distance();
    ByteWriter writer = new ByteWriter(places.size() * types.size() * ElfObject.ENTRY_SIZE);
    long label = symbols.size / ElfObject.SYMBOL_SIZE + anchored.size();
    long at = firstPlace;
    for (Place place : places) {
      writer.u64(at).u64(place.symbol << 32 | types.getFirst()).u64(place.addend);
      if (types.size() > 1) {
        writer.u64(at).u64(label++ << 32 | types.getLast()).u64(0);
      }
      at += CellTable.CELL;
    }
    return writer.array();
  }

  /** Names behind those that are there. */
  private static final class Names {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final long start;

    Names(long start) {
      this.start = start;
    }

    long add(String name) {
      long at = start + bytes.size();
      bytes.writeBytes((name + "\0").getBytes(StandardCharsets.UTF_8));
      return at;
    }
  }
}
