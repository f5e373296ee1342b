package dev.calotype.split.object;

import dev.calotype.ji.SlotRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * The cells of an object: those in a table of their own, one for each address that code asks for,
 * and the pointers in writable data that are cells themselves.
 */
public final class CellTable {
  /** The size of a cell in bytes. */
  public static final int CELL = 8;

  private final TreeMap<Integer, TreeMap<Long, Integer>> own = new TreeMap<>();
  private final TreeMap<Integer, TreeMap<Long, Target>> inData = new TreeMap<>();
  private int count;

  private record Target(int moved, long offset) {}

  /**
   * Where a run of cells is.
   *
   * @param section the section of writable data that has it, or -1 for the table
   * @param offset where in that
   * @param slots what the note says of it
   */
  public record Run(int section, long offset, SlotRun slots) {}

  /** Code asks for an address in a section that is to leave. */
  public void need(int moved, long offset) {
    own.computeIfAbsent(moved, _ -> new TreeMap<>()).put(offset, 0);
  }

  /** A place in writable data is a cell. */
  public void at(int section, long place, int moved, long offset) {
    inData.computeIfAbsent(section, _ -> new TreeMap<>()).put(place, new Target(moved, offset));
  }

  /** Leaves only cells for these sections, and numbers them. */
  public void keep(IntPredicate moving) {
    own.keySet().removeIf(moved -> !moving.test(moved));
    inData.values().forEach(places -> places.values().removeIf(t -> !moving.test(t.moved)));
    inData.values().removeIf(Map::isEmpty);
    count = 0;
    for (TreeMap<Long, Integer> offsets : own.values()) {
      for (Map.Entry<Long, Integer> cell : offsets.entrySet()) {
        cell.setValue(count++);
      }
    }
  }

  /** How many cells the table has. */
  public int count() {
    return count;
  }

  /** The number of a cell in the table. */
  public int index(int moved, long offset) {
    Integer index = own.getOrDefault(moved, new TreeMap<>()).get(offset);
    if (index == null) {
      throw new IllegalStateException("no cell for %d+0x%x".formatted(moved, offset));
    }
    return index;
  }

  /** The sections of writable data that have cells. */
  public List<Integer> dataSections() {
    return List.copyOf(inData.keySet());
  }

  /**
   * All cells, the table's first.
   *
   * @param names the data file's name of a section that leaves
   */
  public List<Run> runs(IntFunction<String> names) {
    List<Run> runs = new ArrayList<>();
    own.forEach((moved, offsets) ->
        runs.add(
            new Run(
                -1,
                (long) CELL * offsets.firstEntry().getValue(),
                new SlotRun(names.apply(moved), List.copyOf(offsets.keySet()), 0))));
    inData.forEach((section, places) -> {
      List<Long> offsets = new ArrayList<>();
      long start = 0;
      int moved = 0;
      for (Map.Entry<Long, Target> place : places.entrySet()) {
        boolean goesOn =
            !offsets.isEmpty()
                && moved == place.getValue().moved
                && place.getKey() == start + (long) CELL * offsets.size();
        if (!goesOn) {
          add(runs, section, start, moved, offsets, names);
          offsets = new ArrayList<>();
          start = place.getKey();
          moved = place.getValue().moved;
        }
        offsets.add(place.getValue().offset);
      }
      add(runs, section, start, moved, offsets, names);
    });
    return runs;
  }

  private static void add(
      List<Run> runs,
      int section,
      long start,
      int moved,
      List<Long> offsets,
      IntFunction<String> names) {
    if (!offsets.isEmpty()) {
      runs.add(new Run(section, start, new SlotRun(names.apply(moved), offsets, 0)));
    }
  }
}
