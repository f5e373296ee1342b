package dev.calotype.report;

import dev.calotype.report.Interval.Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * This run against an earlier one.
 *
 * @param changes what both measured, the worst first
 * @param onlyOne how many rows only one of them has
 * @param otherMachine what differs between their machines, as texts
 */
record Comparison(List<Change> changes, int onlyOne, List<String> otherMachine) {
  /**
   * One row.
   *
   * @param now as measured in this run
   * @param before the time of the earlier run
   * @param ratio now as a multiple of before
   * @param order whether it is less, more, or too close to tell
   */
  record Change(Row now, Interval before, Interval ratio, Order order) {
    /** Whether it is a difference. */
    boolean isSure() {
      return order != Order.UNSURE;
    }

    /** In a word. */
    String verdict() {
      return switch (order) {
        case LESS -> "faster";
        case MORE -> "slower";
        case UNSURE -> "can't tell";
      };
    }
  }

  /** Compares rows of the same name and parameters. */
  static Comparison of(Results now, Results before) {
    Map<String, Row> old = new HashMap<>();
    before.rows().forEach(row -> old.put(row.key(), row));
    List<Change> changes = new ArrayList<>();
    for (Row row : now.rows()) {
      Row was = old.remove(row.key());
      if (was != null) {
        Interval here = row.interval();
        Interval there = was.interval();
        changes.add(new Change(row, there, here.over(there), here.order(there)));
      }
    }
    // Slower before unsure before faster, and the largest differences first.
    changes.sort(
        Comparator.comparing(Change::order, Comparator.reverseOrder())
            .thenComparing(change -> change.ratio().median(), Comparator.reverseOrder()));
    List<String> differences = new ArrayList<>();
    for (String fact : Machine.IDENTITY) {
      String here = now.machine().getOrDefault(fact, "unknown");
      String there = before.machine().getOrDefault(fact, "unknown");
      if (!here.equals(there)) {
        differences.add("%s: %s, was %s".formatted(fact, here, there));
      }
    }
    int onlyNow = now.rows().size() - changes.size();
    return new Comparison(changes, onlyNow + old.size(), differences);
  }

  /** How many are of that order. */
  long count(Order order) {
    return changes.stream().filter(change -> change.order() == order).count();
  }
}
