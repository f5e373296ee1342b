package dev.calotype.split.object;

import dev.calotype.RefusedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The references that a shape can't keep, by the section they refer to. */
public final class Obstacles {
  private final Map<Integer, List<String>> bySection = new LinkedHashMap<>();

  /**
   * Adds one.
   *
   * @param moved the section that can't leave because of it
   * @param place the section that has the reference
   * @param offset where in that section it is
   * @param what what it is, as a clause
   */
  public void add(int moved, String place, long offset, String what) {
    bySection
        .computeIfAbsent(moved, _ -> new ArrayList<>())
        .add("%s+0x%x: %s".formatted(place, offset, what));
  }

  /** Those of a section. */
  public List<String> of(int moved) {
    return bySection.getOrDefault(moved, List.of());
  }

  /** Why a section stays, as a clause; empty if nothing keeps it. */
  public String reason(int moved) {
    List<String> all = of(moved);
    return all.isEmpty()
        ? ""
        : "%s to it can't be kept (%s%s)"
            .formatted(count(all), all.getFirst(), all.size() > 1 ? ", …" : "");
  }

  /**
   * The error that lists them all.
   *
   * @param advice what to do about it, as a clause
   */
  public RefusedException refused(String file, String shape, String advice) {
    List<String> all = bySection.values().stream().flatMap(List::stream).toList();
    return new RefusedException(
        file, "%s to its data can't be kept as %s; %s".formatted(count(all), shape, advice), all);
  }

  private static String count(List<String> all) {
    return all.size() == 1 ? "1 reference" : all.size() + " references";
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return bySection.isEmpty();
  }
}
