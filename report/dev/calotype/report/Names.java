package dev.calotype.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What names of benches say, by the scheme of bench/README.md: the last word of a method is who
 * answers, the words before it are the question.
 */
final class Names {
  /** Who answers in our benches, if it is us. */
  static final String OURS = "ours";

  private static final String C = "c";

  /** Who answers where only the bench's own work is measured; nobody's peer. */
  private static final String NOTHING = "nothing";

  private Names() {}

  /** Who answers: {@code c} of {@code dependentC}. */
  static String who(String method) {
    return method.substring(lastWord(method)).toLowerCase(Locale.ROOT);
  }

  /** The question: {@code dependent} of {@code dependentC}; empty if the method is one word. */
  static String question(String method) {
    return method.substring(0, lastWord(method));
  }

  /** Whether a row is about ways to get at a file's bytes, and so compared as such. */
  static boolean isAccess(Row row) {
    return row.bench().startsWith("map.") && row.params().containsKey("method");
  }

  /** The rows that answer one question with one choice of parameters, by who answers. */
  static Map<String, List<Row>> rivals(List<Row> rows) {
    Map<String, List<Row>> rivals = new LinkedHashMap<>();
    for (Row row : rows) {
      String key = row.bench() + "." + question(row.method()) + " " + row.params();
      rivals.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
    }
    return rivals;
  }

  /**
   * Whom ours is compared with: C if it answers, or else the fastest other. Empty if nobody else
   * answers, or we don't.
   *
   * @param rivals those that answer a question
   * @param all all rows: a peer of one word answers each question of its class that has none of its
   *     own
   */
  static Optional<Row> peer(List<Row> rivals, List<Row> all) {
    if (rivals.stream().noneMatch(Names::isOurs)) {
      return Optional.empty();
    }
    Row first = rivals.getFirst();
    List<Row> peers = others(rivals);
    if (peers.isEmpty()) {
      peers =
          others(
              all.stream()
                  .filter(row -> row.bench().equals(first.bench()))
                  .filter(row -> row.params().equals(first.params()))
                  .filter(row -> question(row.method()).isEmpty())
                  .toList());
    }
    Optional<Row> c = peers.stream().filter(row -> who(row.method()).equals(C)).findFirst();
    return c.isPresent() ? c : fastest(peers);
  }

  /** Whether the row is of our way. */
  static boolean isOurs(Row row) {
    return who(row.method()).equals(OURS);
  }

  private static List<Row> others(List<Row> rows) {
    return rows.stream().filter(row -> !isOurs(row) && !who(row.method()).equals(NOTHING)).toList();
  }

  private static Optional<Row> fastest(List<Row> rows) {
    return rows.stream()
        .min((a, b) -> Double.compare(a.interval().median(), b.interval().median()));
  }

  private static int lastWord(String method) {
    int at = method.length() - 1;
    while (at > 0 && !Character.isUpperCase(method.charAt(at))) {
      at--;
    }
    return at;
  }
}
