package dev.calotype.report;

import dev.calotype.report.Interval.Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * To map or to read: for one question, who wins at each size.
 *
 * @param question the question, see {@link Access}
 * @param cells by size in bytes
 */
record Decision(String question, NavigableMap<Long, Cell> cells) {
  /** Who wins. */
  enum Winner {
    /** Mapping. */
    MAP,
    /** Reading. */
    READ,
    /** The intervals meet. */
    UNSURE,
    /** Mapping, as no array is long enough or nothing else was measured. */
    ONLY_MAP
  }

  /**
   * One question at one size.
   *
   * @param winner who wins
   * @param gain the loser's time as a multiple of the winner's; that of reading as one of mapping's
   *     if unsure
   * @param map the fastest way that maps
   * @param read the fastest that reads, if there is one
   */
  record Cell(Winner winner, Interval gain, Access map, Optional<Access> read) {
    /** Whether it wins; mapping does too where it is the only one. */
    boolean isWonBy(Winner side) {
      return winner == side || (side == Winner.MAP && winner == Winner.ONLY_MAP);
    }

    /** The way that wins; empty if that can't be told. */
    Optional<Access> winning() {
      return switch (winner) {
        case MAP, ONLY_MAP -> Optional.of(map);
        case READ -> read;
        case UNSURE -> Optional.empty();
      };
    }

    /** As text: {@code map 3.2×}. */
    String text() {
      return switch (winner) {
        case MAP -> "map " + Show.times(gain.median());
        case READ -> "read " + Show.times(gain.median());
        case UNSURE -> "can't tell";
        case ONLY_MAP -> "only mapping";
      };
    }
  }

  /** The table, its questions in the order of the rows. */
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
      bySize.forEach((size, ways) -> cell(ways).ifPresent(cell -> cells.put(size, cell)));
      if (!cells.isEmpty()) {
        table.add(new Decision(question, cells));
      }
    });
    return table;
  }

  /** The answer in words: {@code map from 64 KiB on, up to 3.2× at 256 MiB}. */
  String answer() {
    if (cells.size() == 1) {
      return cells.firstEntry().getValue().text();
    }
    boolean map = cells.values().stream().anyMatch(cell -> cell.isWonBy(Winner.MAP));
    boolean read = cells.values().stream().anyMatch(cell -> cell.isWonBy(Winner.READ));
    if (!map && !read) {
      return "can't tell at any size";
    }
    if (map && read) {
      return from(Winner.MAP, "map")
          .or(() -> from(Winner.READ, "read"))
          .orElse("no size from which on one wins");
    }
    Winner winner = map ? Winner.MAP : Winner.READ;
    String unsure =
        cells.entrySet().stream()
            .filter(cell -> cell.getValue().winner() == Winner.UNSURE)
            .map(cell -> Show.bytes(cell.getKey()))
            .collect(Collectors.joining(", "));
    return (map ? "map" : "read")
        + (unsure.isEmpty() ? " at every size" : "")
        + most(winner, cells.firstKey())
        + (unsure.isEmpty() ? "" : "; can't tell at " + unsure);
  }

  /** The answer if {@code winner} wins at the largest size, from which size on it does. */
  private Optional<String> from(Winner winner, String verb) {
    Optional<Long> from = Optional.empty();
    for (Map.Entry<Long, Cell> cell : cells.descendingMap().entrySet()) {
      if (!cell.getValue().isWonBy(winner)) {
        break;
      }
      from = Optional.of(cell.getKey());
    }
    return from.map(size -> verb + " from " + Show.bytes(size) + " on" + most(winner, size));
  }

  private String most(Winner winner, long from) {
    return cells.tailMap(from, true).entrySet().stream()
        .filter(cell -> cell.getValue().winner() == winner)
        .max(Comparator.comparingDouble(cell -> cell.getValue().gain().median()))
        .map(cell ->
            ", up to %s at %s"
                .formatted(Show.times(cell.getValue().gain().median()), Show.bytes(cell.getKey())))
        .orElse("");
  }

  private static Optional<Cell> cell(List<Access> ways) {
    Optional<Access> map = fastest(ways, true);
    Optional<Access> read = fastest(ways, false);
    if (map.isEmpty()) {
      return Optional.empty();
    }
    Interval mapped = map.get().row().interval();
    if (read.isEmpty()) {
      return Optional.of(new Cell(Winner.ONLY_MAP, mapped.over(mapped), map.get(), read));
    }
    Interval copied = read.get().row().interval();
    Order order = mapped.order(copied);
    Winner winner =
        order == Order.LESS ? Winner.MAP : order == Order.MORE ? Winner.READ : Winner.UNSURE;
    Interval gain = order == Order.MORE ? mapped.over(copied) : copied.over(mapped);
    return Optional.of(new Cell(winner, gain, map.get(), read));
  }

  private static Optional<Access> fastest(List<Access> ways, boolean maps) {
    return ways.stream()
        .filter(way -> way.maps() == maps)
        .min(Comparator.comparingDouble(way -> way.row().interval().median()));
  }
}
