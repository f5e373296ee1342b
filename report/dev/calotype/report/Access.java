package dev.calotype.report;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A row about a way to get at a file's bytes.
 *
 * @param question what was done with them, in words: {@code all, sequential · page cache cold}
 * @param size of the file in bytes, or 0 where the work says how much it reads
 * @param way the way, as the bench calls it
 * @param side what kind of way it is
 * @param row what was measured
 */
record Access(String question, long size, String way, Side side, Row row) {
  /** The kinds of ways. */
  enum Side {
    /** The file is mapped, and the work is done in place. */
    MAP("map"),
    /** The whole file is read or copied first. */
    READ("read"),
    /** The pages that are wanted are read by position, one by one. */
    PAGES("pages");

    private final String word;

    Side(String word) {
      this.word = word;
    }

    /** As people read it. */
    String word() {
      return word;
    }
  }

  /** The benches about files of several sizes. */
  private static final String ROOM = "map.";

  /** The benches about real work, in the room that does it. */
  private static final String REAL = "MapOrReadBenchmark";

  private static final Map<String, Side> WAYS =
      Map.of("MAPPED", Side.MAP, "READ", Side.READ, "PREAD", Side.PAGES);

  /** The patterns in the order of how much they touch. */
  private static final Map<String, String> WORDS = words();

  private static Map<String, String> words() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("HEADER", "header only");
    words.put("SECTION", "one section");
    words.put("RANDOM_1_PERCENT", "1 % at random");
    words.put("SEQUENTIAL", "all, in order");
    words.put("RANDOM", "all, at random");
    words.put("TWICE", "all, twice");
    return words;
  }

  /** Those of some rows that are about ways to get at bytes: those of one question together. */
  static List<Access> of(List<Row> rows) {
    return rows.stream()
        .map(Access::of)
        .flatMap(Optional::stream)
        .sorted(Comparator.comparingInt(Access::rank).thenComparing(Access::question))
        .toList();
  }

  private int rank() {
    Map<String, String> params = row.params();
    int pattern = List.copyOf(WORDS.keySet()).indexOf(params.getOrDefault("pattern", ""));
    int cache = List.of("WARM", "COLD").indexOf(params.getOrDefault("cache", ""));
    // Real work, which has no pattern, comes last, and what is open already after what isn't.
    int first = pattern < 0 ? WORDS.size() : pattern;
    return first * 4 + (cache < 0 ? 2 : cache);
  }

  private static Optional<Access> of(Row row) {
    Map<String, String> params = row.params();
    if (row.bench().endsWith(REAL)) {
      String way = Names.who(row.method()).toUpperCase(Locale.ROOT);
      return Optional.ofNullable(WAYS.get(way))
          .map(side -> new Access(realWork(row), 0, way, side, row));
    }
    String way = params.get("method");
    long size = size(params.getOrDefault("size", ""));
    if (!row.bench().startsWith(ROOM) || way == null || size == 0) {
      return Optional.empty();
    }
    return Optional.of(new Access(question(row), size, way, side(way), row));
  }

  private static Side side(String way) {
    if (way.endsWith("_PAGES")) {
      return Side.PAGES;
    }
    return way.startsWith("MAP_") && !way.equals("MAP_COPY") ? Side.MAP : Side.READ;
  }

  private static String question(Row row) {
    Map<String, String> params = row.params();
    String pattern = params.getOrDefault("pattern", "");
    String question = WORDS.getOrDefault(pattern, words(pattern));
    String cache = params.get("cache");
    question += cache == null ? " · steady" : " · " + words(cache);
    String threads = params.get("threads");
    return threads == null ? question : question + " · " + threads + " threads";
  }

  private static String realWork(Row row) {
    String room = row.bench().substring(0, Math.max(0, row.bench().lastIndexOf('.')));
    String question = Names.question(row.method());
    StringBuilder text = new StringBuilder(room);
    text.append(question.isEmpty() ? "" : ": " + camelWords(question));
    row.params()
        .forEach(
            (name, value) -> text.append(" · ").append(name.equals("when") ? words(value) : value));
    return text.toString();
  }

  /** The bytes of {@code MIB_16}; 0 if it says no size. */
  static long size(String name) {
    int underscore = name.indexOf('_');
    if (underscore < 0) {
      return 0;
    }
    int shift =
        switch (name.substring(0, underscore)) {
          case "KIB" -> 10;
          case "MIB" -> 20;
          case "GIB" -> 30;
          default -> -1;
        };
    String number = name.substring(underscore + 1);
    return shift < 0 || !number.matches("[1-9]\\d{0,3}") ? 0 : Long.parseLong(number) << shift;
  }

  private static String words(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String camelWords(String name) {
    return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
  }
}
