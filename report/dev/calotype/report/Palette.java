package dev.calotype.report;

import java.util.Map;

/** Colours that can be read on light and dark: cold ones map, warm ones read. */
final class Palette {
  static final String MAP = "#3b82f6";
  static final String READ = "#e07a1f";
  static final String OTHER = "#8b93a1";

  private static final Map<String, String> WAYS =
      Map.ofEntries(
          Map.entry("MAP_CONFINED", MAP),
          Map.entry("MAP_SHARED", "#14b8a6"),
          Map.entry("MAP_SEQUENTIAL", "#6366f1"),
          Map.entry("MAP_RANDOM", "#0ea5e9"),
          Map.entry("MAP_WILLNEED", "#8b5cf6"),
          Map.entry("MAP_POPULATE", "#22c55e"),
          Map.entry("MAP_HUGEPAGE", "#4f7d96"),
          Map.entry("MAP_BUFFER", "#a78bfa"),
          Map.entry("MAP_COPY", "#c9a227"),
          Map.entry("READ_ALL", READ),
          Map.entry("READ_HEAP", "#dc2626"),
          Map.entry("READ_DIRECT", "#ec6a9c"),
          Map.entry("PREAD_PAGES", "#a16207"));

  private Palette() {}

  /** The colour of a way to get at bytes. */
  static String of(String way) {
    return WAYS.getOrDefault(way, OTHER);
  }
}
