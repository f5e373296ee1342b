package dev.calotype.split.object;

import dev.calotype.RefusedException;
import dev.calotype.split.ObjectSelection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** What was asked for, applied to the sections that may leave. */
public final class Choosing {
  private final String file;
  private final ObjectSelection selection;

  /** For an object's file name and what was asked for. */
  public Choosing(String file, ObjectSelection selection) {
    this.file = file;
    this.selection = selection;
  }

  /**
   * A named place in a section.
   *
   * @param section the section's index
   */
  public record NamedPlace(String name, int section) {}

  /**
   * Leaves only what was asked for.
   *
   * @param matches whether a section's name is the one that was asked for
   * @param places the symbols in sections, in any order
   * @throws RefusedException if something that was asked for is not there or has to stay
   */
  public void apply(
      List<Candidate> candidates,
      BiPredicate<Candidate, String> matches,
      Iterable<NamedPlace> places) {
    if (selection.isAll()) {
      return;
    }
    Set<Candidate> wanted = new HashSet<>();
    for (String name : selection.sections()) {
      List<Candidate> named = candidates.stream().filter(c -> matches.test(c, name)).toList();
      if (named.isEmpty()) {
        throw new RefusedException(file, "has no section %s with bytes".formatted(name));
      }
      wanted.addAll(named);
    }
    if (!selection.symbols().isEmpty()) {
      wanted.addAll(bySymbol(candidates, places));
    }
    for (Candidate candidate : candidates) {
      if (wanted.contains(candidate)) {
        candidate.want();
        requireMoves(candidate);
      } else {
        candidate.stays("not asked for");
      }
    }
  }

  private List<Candidate> bySymbol(List<Candidate> candidates, Iterable<NamedPlace> places) {
    Map<Integer, Candidate> byIndex = new HashMap<>();
    candidates.forEach(candidate -> byIndex.put(candidate.index(), candidate));
    Map<Integer, List<String>> others = new HashMap<>();
    Map<String, Integer> found = new HashMap<>();
    for (NamedPlace place : places) {
      if (selection.symbols().contains(place.name)) {
        found.put(place.name, place.section);
      } else {
        others.computeIfAbsent(place.section, _ -> new ArrayList<>()).add(place.name);
      }
    }
    List<Candidate> chosen = new ArrayList<>();
    for (String symbol : selection.symbols()) {
      Candidate candidate = byIndex.get(found.getOrDefault(symbol, -1));
      if (candidate == null) {
        throw new RefusedException(file, "has no symbol %s in a section".formatted(symbol));
      }
      List<String> neighbours = others.getOrDefault(candidate.index(), List.of());
      if (!neighbours.isEmpty()) {
        throw new RefusedException(
            file,
            "symbol %s shares section %s with %d others; compile with -fdata-sections, or ask for"
                    .formatted(symbol, candidate.name(), neighbours.size())
                + " the section",
            neighbours);
      }
      chosen.add(candidate);
    }
    return chosen;
  }

  private void requireMoves(Candidate candidate) {
    if (!candidate.moves()) {
      throw new RefusedException(
          file, "section %s has to stay: %s".formatted(candidate.name(), candidate.reason()));
    }
  }

  /**
   * Says what becomes of sections whose references can't be kept: by default they stay.
   *
   * @param shape the shape's name
   * @param advice what to do about the references, as a clause
   * @throws RefusedException if one of them was asked for, or nothing is left
   */
  public void drop(List<Candidate> candidates, Obstacles obstacles, String shape, String advice) {
    boolean mayStay = selection.isAll();
    for (Candidate candidate : candidates) {
      if (candidate.moves() && obstacles.keep(candidate.index())) {
        if (!mayStay) {
          throw obstacles.refused(file, shape, advice);
        }
        candidate.stays(obstacles.reason(candidate.index()));
      }
    }
    if (candidates.stream().noneMatch(Candidate::moves)) {
      if (!obstacles.isEmpty()) {
        throw obstacles.refused(file, shape, advice);
      }
      throw new RefusedException(
          file, "has no read-only data without relocations of its own; nothing to split");
    }
  }

  /** Names for the data file, no two alike. */
  public static List<String> uniqueNames(List<String> names) {
    Map<String, Integer> seen = new HashMap<>();
    Set<String> used = new HashSet<>();
    List<String> unique = new ArrayList<>();
    for (String name : names) {
      int count = seen.merge(name, 1, Integer::sum);
      String candidate = count == 1 ? name : name + "#" + count;
      while (!used.add(candidate)) {
        candidate += "#";
      }
      unique.add(candidate);
    }
    return unique;
  }
}
