package dev.calotype.split;

import java.util.List;

/**
 * Which data of an object is to leave; nothing named means all that may.
 *
 * @param sections sections by name; in Mach-O with or without their segment
 * @param symbols symbols, each for the section it is in
 */
public record ObjectSelection(List<String> sections, List<String> symbols) {
  /** Copies the lists. */
  public ObjectSelection {
    sections = List.copyOf(sections);
    symbols = List.copyOf(symbols);
  }

  /** All that may leave. */
  public static ObjectSelection all() {
    return new ObjectSelection(List.of(), List.of());
  }

  /** Whether nothing is named. */
  public boolean isAll() {
    return sections.isEmpty() && symbols.isEmpty();
  }
}
