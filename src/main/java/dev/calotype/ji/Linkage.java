package dev.calotype.ji;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What of code is connected when it is loaded, in the order in which the note has it: cells that
 * are filled, holes that data is mapped over, functions that can be called. Immutable; {@link
 * #none()} and the {@code with} methods make one.
 *
 * <p>Slots, imports and holes have a <em>place</em> each in the note, in this order, where the
 * linker says where they are.
 *
 * @param slots the cells for data
 * @param imports the cells for functions from elsewhere, no two of one name
 * @param holes the ranges for data, no two for one section
 * @param functions the functions that the code offers, no two of one name
 * @param places what the linker wrote into the note's places, one for each of the first three; in
 *     what is not linked yet, zeros or what the relocations start from
 */
public record Linkage(
    List<SlotRun> slots,
    List<ImportCell> imports,
    List<Hole> holes,
    List<CodeFunction> functions,
    List<Long> places) {
  private static final Linkage NONE =
      new Linkage(List.of(), List.of(), List.of(), List.of(), List.of());

  /** Checks names and the number of places, and copies the lists. */
  public Linkage {
    slots = List.copyOf(slots);
    imports = List.copyOf(imports);
    holes = List.copyOf(holes);
    functions = List.copyOf(functions);
    places = List.copyOf(places);
    requireDifferent(imports, ImportCell::name);
    requireDifferent(holes, Hole::section);
    requireDifferent(functions, CodeFunction::name);
    if (places.size() != slots.size() + imports.size() + holes.size()) {
      throw new IllegalArgumentException("%d places".formatted(places.size()));
    }
  }

  /** Nothing. */
  public static Linkage none() {
    return NONE;
  }

  /**
   * The same with a run of cells for a section of the data.
   *
   * @param offsets where in the section each cell will point
   * @throws IllegalArgumentException if there is none
   */
  public Linkage withSlots(String section, List<Long> offsets) {
    return of(plus(slots, new SlotRun(section, offsets, 0)), imports, holes, functions);
  }

  /**
   * The same with a cell for a function from elsewhere.
   *
   * @param type docs/code-note.md
   * @throws IllegalArgumentException if it is no type, or there is one of that name
   */
  public Linkage withImport(String name, String type) {
    return of(slots, plus(imports, new ImportCell(name, type, 0)), holes, functions);
  }

  /**
   * The same with a range that a section of the data is mapped over.
   *
   * @param size a multiple of the page size that the code is laid out for
   * @throws IllegalArgumentException if there is one for that section
   */
  public Linkage withHole(String section, long size) {
    return of(slots, imports, plus(holes, new Hole(section, size, 0)), functions);
  }

  /**
   * The same with a function that the code offers.
   *
   * @param name its symbol
   * @param type docs/code-note.md
   * @throws IllegalArgumentException if it is no type, or there is one of that name
   */
  public Linkage withFunction(String name, String type) {
    return of(slots, imports, holes, plus(functions, new CodeFunction(name, type)));
  }

  /** The same with what the linker wrote, of which nothing is known yet. */
  Linkage withPlaces(List<Long> written) {
    return new Linkage(slots, imports, holes, functions, written);
  }

  /** The same at these addresses, one for each place. */
  Linkage at(List<Long> addresses) {
    Iterator<Long> next = addresses.iterator();
    return new Linkage(
        slots.stream().map(run -> run.at(next.next())).toList(),
        imports.stream().map(cell -> cell.at(next.next())).toList(),
        holes.stream().map(hole -> hole.at(next.next())).toList(),
        functions,
        places);
  }

  /**
   * All of these, of which no linker has said yet where they are.
   *
   * @throws IllegalArgumentException if two imports, holes or functions have the same name
   */
  public static Linkage of(
      List<SlotRun> slots,
      List<ImportCell> imports,
      List<Hole> holes,
      List<CodeFunction> functions) {
    int count = slots.size() + imports.size() + holes.size();
    return new Linkage(slots, imports, holes, functions, Collections.nCopies(count, 0L));
  }

  private static <T> List<T> plus(List<T> some, T one) {
    List<T> more = new ArrayList<>(some);
    more.add(one);
    return more;
  }

  private static <T> void requireDifferent(List<T> all, Function<T, String> name) {
    if (all.size() < 2) {
      return;
    }
    Set<String> seen = new HashSet<>();
    for (T one : all) {
      if (!seen.add(name.apply(one))) {
        throw new IllegalArgumentException("a second " + name.apply(one));
      }
    }
  }
}
