package dev.calotype.emit;

import dev.calotype.RefusedException;
import dev.calotype.image.Format;
import dev.calotype.ji.CodeFunction;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.Hole;
import dev.calotype.ji.ImportCell;
import dev.calotype.ji.Linkage;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.SlotRun;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What ties code to its data, made into sections of an object: cells that are filled and holes that
 * data is mapped over when the code is loaded, and the note that says where they are. Its bytes are
 * in docs/object-writer.md and docs/code-note.md.
 *
 * <p>Cells and holes have global, hidden symbols, by which the code reaches them. A linked image
 * has one such table, in one of its objects.
 *
 * <p>Collects what it is given; not safe for use by several threads.
 */
public final class CellTable {
  private static final int CELL = 8;
  private static final long LARGEST_PAGE = 1 << 16;

  private final LinkedNote note;
  private final Map<String, List<Slot>> slots = new LinkedHashMap<>();
  private final Map<ImportCell, String> imports = new LinkedHashMap<>();
  private final Map<Hole, List<ObjectSymbol>> holes = new LinkedHashMap<>();
  private final List<CodeFunction> functions = new ArrayList<>();

  private CellTable(LinkedNote note) {
    this.note = note;
  }

  /** A cell's symbol, and where in the data it will point. */
  private record Slot(String symbol, long offset) {}

  /**
   * A table without anything.
   *
   * @param note an unsealed note, whose own linkage is replaced
   */
  public static CellTable of(LinkedNote note) {
    return new CellTable(note);
  }

  /**
   * Adds a cell that will point into the data.
   *
   * @param symbol names the cell
   * @param section the data's section
   * @param offset where in it the cell will point, in bytes
   */
  public CellTable slot(String symbol, String section, long offset) {
    slots.computeIfAbsent(section, _ -> new ArrayList<>()).add(new Slot(symbol, offset));
    return this;
  }

  /**
   * Adds a cell that will point to a function from elsewhere.
   *
   * @param symbol names the cell
   * @param name what is imported
   * @param type the function's type: docs/code-note.md
   * @throws IllegalArgumentException if it is no type
   */
  public CellTable importCell(String symbol, String name, String type) {
    imports.put(new ImportCell(name, type, 0), symbol);
    return this;
  }

  /**
   * Adds a range that data will be mapped over.
   *
   * @param section the data's section
   * @param size how much of it there may be, in bytes; whole pages are reserved
   * @param symbols of the data, each at its offset in the section
   */
  public CellTable hole(String section, long size, List<ObjectSymbol> symbols) {
    holes.put(new Hole(section, WrapLayout.align(size, page()), 0), List.copyOf(symbols));
    return this;
  }

  /**
   * Says that the code offers a function.
   *
   * @param name its symbol
   * @param type its type: docs/code-note.md
   * @throws IllegalArgumentException if it is no type
   */
  public CellTable function(String name, String type) {
    functions.add(new CodeFunction(name, type));
    return this;
  }

  /**
   * The note as it is put into the object.
   *
   * @throws IllegalArgumentException if two imports, holes or functions have one name
   */
  public LinkedNote note() {
    List<SlotRun> runs = new ArrayList<>();
    slots.forEach((section, cells) ->
        runs.add(new SlotRun(section, cells.stream().map(Slot::offset).toList(), 0)));
    return note.withLinkage(
        Linkage.of(runs, List.copyOf(imports.keySet()), List.copyOf(holes.keySet()), functions));
  }

  List<ObjectSection> sections(ObjectTarget target) {
    List<ObjectSection> sections = new ArrayList<>();
    List<String> starts = new ArrayList<>();
    if (!slots.isEmpty() || !imports.isEmpty()) {
      sections.add(cells(target, starts));
    }
    for (Map.Entry<Hole, List<ObjectSymbol>> hole : holes.entrySet()) {
      sections.add(hole(target, hole.getKey(), hole.getValue(), starts));
    }
    LinkedNote unsealed = note();
    byte[] bytes = unsealed.encode(target.target().byteOrder());
    ObjectSection section =
        ObjectSection.note(CodeNote.section(target.target().format()), payload(bytes, "code note"));
    int[] places = unsealed.placeOffsets();
    for (int i = 0; i < places.length; i++) {
      section.relocation(places[i], RelocationKind.PLACE, starts.get(i));
    }
    sections.add(section);
    return sections;
  }

  private ObjectSection cells(ObjectTarget target, List<String> starts) {
    List<String> symbols = new ArrayList<>();
    for (List<Slot> run : slots.values()) {
      starts.add(run.getFirst().symbol);
      run.forEach(slot -> symbols.add(slot.symbol));
    }
    starts.addAll(imports.values());
    symbols.addAll(imports.values());
    ObjectSection section =
        ObjectSection.data(payload(new byte[symbols.size() * CELL], "cells"))
            .name(isMachO(target) ? "__DATA,__calslots" : ".calslots")
            .alignment(CELL);
    for (int i = 0; i < symbols.size(); i++) {
      section.symbol(ObjectSymbol.data(symbols.get(i), (long) i * CELL, CELL).hidden());
    }
    return section;
  }

  private ObjectSection hole(
      ObjectTarget target, Hole hole, List<ObjectSymbol> symbols, List<String> starts) {
    long most =
        switch (target.target().format()) {
          case ELF -> LARGEST_PAGE;
          case COFF -> CoffWrapLayout.MOST_ALIGNMENT;
          default -> MachOWrapLayout.MOST_ALIGNMENT;
        };
    if (page() > most) {
      throw new RefusedException(
          target.triple(),
          "a hole laid out for pages of %d bytes, and nothing is aligned beyond %d here"
              .formatted(page(), most));
    }
    int number = starts.size() - slots.size() - imports.size() + 1;
    String start = "calotype.hole." + number;
    starts.add(start);
    String name = isMachO(target) ? "__JIHOLE,__jihole" : ".jihole";
    ObjectSection section =
        ObjectSection.noBits(hole.size())
            .name(number == 1 ? name : name + "." + number)
            .alignment(page())
            .symbol(ObjectSymbol.data(start, 0, 0).local());
    symbols.forEach(symbol -> section.symbol(symbol.hidden()));
    return section;
  }

  private long page() {
    return note.pageSize() == 0 ? LARGEST_PAGE : note.pageSize();
  }

  private static boolean isMachO(ObjectTarget target) {
    return target.target().format() == Format.MACHO;
  }

  private static Payload payload(byte[] bytes, String name) {
    return Payload.of(MemorySegment.ofArray(bytes), name);
  }
}
