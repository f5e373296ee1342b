package dev.calotype.report;

import dev.calotype.report.Access.Side;
import dev.calotype.report.Interval.Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * To map or to read: for one question, who wins at each size.
 *
 * @param question the question, see {@link Access}
 * @param cells by size in bytes
 */
record Decision(String question, NavigableMap<Long, Cell> cells) {
  /**
   * One question at one size.
   *
   * @param best the fastest way of each side that was measured, the fastest first; not empty
   */
  record Cell(List<Access> best) {
    /** The sides that nothing tells from the fastest, itself first. */
    List<Side> leaders() {
      Interval first = best.getFirst().row().interval();
      return Stream.concat(
              best.stream().limit(1),
              best.stream().skip(1).filter(one -> first.order(one.row().interval()) != Order.LESS))
          .map(Access::side)
          .toList();
    }

    /** The way that wins; empty if that can't be told. */
    Optional<Access> winning() {
      return leaders().size() == 1 ? Optional.of(best.getFirst()) : Optional.empty();
    }

    /** The next side's time as a multiple of the fastest one's; 1 if there is one side alone. */
    Interval gain() {
      Interval first = best.getFirst().row().interval();
      return best.get(Math.min(1, best.size() - 1)).row().interval().over(first);
    }

    /** The fastest way of a side. */
    Optional<Access> of(Side side) {
      return best.stream().filter(one -> one.side() == side).findFirst();
    }

    /** Who wins, in words: {@code map}, {@code map or pages}. */
    String label() {
      List<Side> leaders = leaders();
      return leaders.size() > 1 && leaders.size() == best.size()
          ? "can't tell"
          : leaders.stream().sorted().map(Side::word).collect(Collectors.joining(" or "));
    }

    /** As text: {@code map 3.2×}. */
    String text() {
      if (best.size() == 1) {
        return "only " + label();
      }
      return winning().isPresent() ? label() + " " + Show.times(gain().median()) : label();
    }
  }

  /** The table, its questions in the order of the rows; without those nobody answers by mapping. */
  static List<Decision> table(List<Access> all) {
    Map<String, NavigableMap<Long, List<Access>>> grouped = new LinkedHashMap<>();
    for (Access one : all) {
      grouped
          .computeIfAbsent(one.question(), _ -> new TreeMap<>())
          .computeIfAbsent(one.size(), _ -> new ArrayList<>())
          .add(one);
    }
    List<Decision> table = new ArrayList<>();
    grouped.forEach((question, bySize) -> {
      NavigableMap<Long, Cell> cells = new TreeMap<>();
      bySize.forEach((size, ways) -> {
        Cell cell = cell(ways);
        if (cell.of(Side.MAP).isPresent()) {
          cells.put(size, cell);
        }
      });
      if (!cells.isEmpty()) {
        table.add(new Decision(question, cells));
      }
    });
    return table;
  }

  /** The answer in words: {@code read up to 64 KiB, map from 1 MiB on (up to 3.2× at 256 MiB)}. */
  String answer() {
    List<NavigableMap<Long, Cell>> stretches = stretches();
    if (stretches.size() == 1) {
      Cell only = cells.firstEntry().getValue();
      return cells.size() == 1 ? only.text() : only.label() + " at every size" + most(cells);
    }
    List<String> parts = new ArrayList<>();
    for (NavigableMap<Long, Cell> stretch : stretches) {
      parts.add(stretch.firstEntry().getValue().label() + where(stretch) + most(stretch));
    }
    return String.join(", ", parts);
  }

  private String where(NavigableMap<Long, Cell> stretch) {
    String first = Show.bytes(stretch.firstKey());
    String last = Show.bytes(stretch.lastKey());
    if (stretch.containsKey(cells.firstKey())) {
      return " up to " + last;
    }
    if (stretch.containsKey(cells.lastKey())) {
      return " from " + first + " on";
    }
    return stretch.size() == 1 ? " at " + first : " from " + first + " to " + last;
  }

  /** The sizes in order, those with the same answer that follow each other together. */
  private List<NavigableMap<Long, Cell>> stretches() {
    List<NavigableMap<Long, Cell>> stretches = new ArrayList<>();
    String before = "";
    for (Map.Entry<Long, Cell> cell : cells.entrySet()) {
      String label = cell.getValue().label();
      if (!label.equals(before)) {
        stretches.add(new TreeMap<>());
      }
      stretches.getLast().put(cell.getKey(), cell.getValue());
      before = label;
    }
    return stretches;
  }

  private static String most(NavigableMap<Long, Cell> stretch) {
    return stretch.entrySet().stream()
        .filter(cell -> cell.getValue().winning().isPresent())
        .filter(cell -> cell.getValue().best().size() > 1)
        .max(Comparator.comparingDouble(cell -> cell.getValue().gain().median()))
        .map(cell -> {
          String times = Show.times(cell.getValue().gain().median());
          return stretch.size() == 1
              ? " (" + times + ")"
              : " (up to %s at %s)".formatted(times, Show.bytes(cell.getKey()));
        })
        .orElse("");
  }

  private static Cell cell(List<Access> ways) {
    Comparator<Access> byTime = Comparator.comparingDouble(way -> way.row().interval().median());
    return new Cell(
        Arrays.stream(Side.values())
            .flatMap(side -> ways.stream().filter(way -> way.side() == side).min(byTime).stream())
            .sorted(byTime)
            .toList());
  }
}
