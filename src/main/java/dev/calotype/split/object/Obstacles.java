package dev.calotype.split.object;

import dev.calotype.RefusedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The references that a shape can't keep, by the section they refer to. */
public final class Obstacles {
  /** How many are kept in words; all are counted. */
  private static final int MOST_LISTED = 10_000;

  private final Map<Integer, Group> bySection = new LinkedHashMap<>();
  private int listed;

  /** The obstacles of a section. */
  private static final class Group {
    final List<String> lines = new ArrayList<>();
    long count;
  }

  /**
   * Adds one.
   *
   * @param moved the section that can't leave because of it
   * @param place the section that has the reference
   * @param offset where in that section it is
   * @param what what it is, as a clause
   */
  public void add(int moved, String place, long offset, String what) {
    Group group = bySection.computeIfAbsent(moved, _ -> new Group());
    group.count++;
    if (listed < MOST_LISTED || group.lines.isEmpty()) {
      group.lines.add("%s+0x%x: %s".formatted(place, offset, what));
      listed++;
    }
  }

  /** Whether something keeps a section. */
  public boolean keep(int moved) {
    return bySection.containsKey(moved);
  }

  /** Why a section stays, as a clause. */
  public String reason(int moved) {
    Group group = bySection.getOrDefault(moved, new Group());
    return "%s to it can't be kept (%s%s)"
        .formatted(
            count(group.count),
            group.lines.stream().findFirst().orElse(""),
            group.count > 1 ? ", …" : "");
  }

  /**
   * The error that lists them all.
   *
   * @param advice what to do about it, as a clause
   */
  public RefusedException refused(String file, String shape, String advice) {
    List<String> lines = new ArrayList<>();
    long all = 0;
    for (Group group : bySection.values()) {
      lines.addAll(group.lines);
      all += group.count;
    }
    if (all > lines.size()) {
      lines.add("and %d more".formatted(all - lines.size()));
    }
    return new RefusedException(
        file, "%s to its data can't be kept as %s; %s".formatted(count(all), shape, advice), lines);
  }

  private static String count(long all) {
    return all == 1 ? "1 reference" : all + " references";
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return bySection.isEmpty();
  }
}
