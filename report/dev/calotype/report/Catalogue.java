package dev.calotype.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** What the rooms and the classes of benches are about, in words. */
final class Catalogue {
  private static final String FILE = "benches.txt";

  private static final Map<String, String> ROOMS =
      Map.ofEntries(
          Map.entry("map", "Files in memory"),
          Map.entry("image", "Reading images"),
          Map.entry("stream", "Metadata streams"),
          Map.entry("ji", "Data files"),
          Map.entry("cache", "The store"),
          Map.entry("emit", "Objects"),
          Map.entry("load", "Loading"),
          Map.entry("split", "Splitting and joining"),
          Map.entry("graph", "The dependency graph"));

  private final Map<String, String> questions = new LinkedHashMap<>();

  /** The catalogue beside this class. */
  Catalogue() {
    Resources.text(FILE)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> {
          String[] parts = line.strip().split("\\s+", 2);
          questions.put(parts[0], parts.length == 2 ? parts[1] : "");
        });
  }

  /** What the class asks; empty if it isn't listed. */
  String question(String bench) {
    return questions.getOrDefault(bench, "");
  }

  /** The first word of a class, and so the section of the page it is in. */
  static String room(String bench) {
    int dot = bench.indexOf('.');
    return dot < 0 ? bench : bench.substring(0, dot);
  }

  /** The title of a section. */
  static String title(String room) {
    return ROOMS.getOrDefault(room, room);
  }
}
