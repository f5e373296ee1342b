package dev.calotype.cache;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Why a key has no entry, by the entries that are nearest to it: those that differ in the fewest
 * fields.
 *
 * @param key what was looked for
 * @param missed when it was last missed and why, if the log of misses has it
 * @param nearest up to {@value #MOST} entries, the nearest first
 */
public record Explanation(Key key, Optional<Missed> missed, List<Neighbour> nearest) {
  /** How many entries an explanation has at most. */
  public static final int MOST = 3;

  /** Copies the list. */
  public Explanation {
    nearest = List.copyOf(nearest);
  }

  /**
   * A miss that is on record.
   *
   * @param time when
   * @param reason its {@link Miss.Reason#id}
   */
  public record Missed(Instant time, String reason) {}

  /**
   * An entry and what tells its key from the one that was looked for.
   *
   * @param key the entry's
   * @param differences the fields that differ; empty for the very entry
   */
  public record Neighbour(Key key, List<KeyDifference> differences) {
    /** Copies the list. */
    public Neighbour {
      differences = List.copyOf(differences);
    }
  }

  /** Finds the nearest of many, of which it keeps few. */
  static final class Search {
    private static final Comparator<Neighbour> NEAREST_FIRST =
        Comparator.comparingInt((Neighbour neighbour) -> neighbour.differences.size())
            .thenComparing(neighbour -> neighbour.key.hex());

    private final Key wanted;
    private final List<Neighbour> nearest = new ArrayList<>();

    Search(Key wanted) {
      this.wanted = wanted;
    }

    void add(Key other) {
      nearest.add(new Neighbour(other, KeyDifference.between(wanted, other)));
      nearest.sort(NEAREST_FIRST);
      if (nearest.size() > MOST) {
        nearest.removeLast();
      }
    }

    Explanation result(Optional<Missed> missed) {
      return new Explanation(wanted, missed, nearest);
    }
  }
}
