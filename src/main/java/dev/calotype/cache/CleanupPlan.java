package dev.calotype.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a cleanup does to entries, decided from what is known of them and nothing else:
 * docs/store-upkeep.md, "Which entries go".
 *
 * @param evictions what goes, in this order
 * @param bytesBefore the size of all entries
 * @param bytesAfter the size of those that stay
 * @param entriesAfter how many stay
 */
record CleanupPlan(List<Eviction> evictions, long bytesBefore, long bytesAfter, long entriesAfter) {

  /** An entry younger than this was just written, and somebody is about to use it. */
  static final long GRACE_SECONDS = 60;

  /** An entry that goes, and why. */
  record Eviction(Candidate entry, EvictionReason reason) {}

  /**
   * What is known besides the entries.
   *
   * @param now seconds of the epoch
   * @param last when the last cleanup was, in seconds of the epoch
   * @param free how many bytes of the disk are free
   */
  record Situation(long now, OptionalLong last, long free) {}

  /** Decides. The order of {@code entries} does not matter. */
  static CleanupPlan of(List<Candidate> entries, StoreConfig limits, Situation situation) {
    Decision decision = new Decision(entries, limits, situation);
    if (decision.isAgeKnown()) {
      decision.byCompiler();
      decision.byAge();
    }
    decision.byEntries();
    decision.bySize();
    decision.byFreeDisk();
    return decision.plan();
  }

  /** Whether it is time for the next cleanup. */
  static boolean isDue(long now, OptionalLong last, StoreConfig limits) {
    if (last.isEmpty() || last.getAsLong() > now + limits.clockDrift().toSeconds()) {
      return true; // Or a clock that was once wrong would keep it from ever being.
    }
    return now - last.getAsLong() >= limits.cleanupInterval().toSeconds();
  }

  /** The order of eviction, from the end; what still stays is before {@code kept}. */
  private static final class Decision {
    private final StoreConfig limits;
    private final Situation situation;
    private final long drift;
    private final List<Candidate> order;
    private final List<Eviction> evictions = new ArrayList<>();
    private final long before;
    private long bytes;
    private long count;

    Decision(List<Candidate> entries, StoreConfig limits, Situation situation) {
      this.limits = limits;
      this.situation = situation;
      this.drift = limits.clockDrift().toSeconds();
      this.order = new ArrayList<>(entries);
      order.sort(
          Comparator.comparing((Candidate entry) -> isFromFuture(entry.used()))
              .thenComparing(Candidate.YOUNGEST_FIRST));
      this.before = entries.stream().mapToLong(Candidate::bytes).sum();
      this.bytes = before;
      this.count = entries.size();
    }

    /** After a long gap the clock may have jumped, or all that was used was the power switch. */
    boolean isAgeKnown() {
      if (situation.last().isEmpty()) {
        return true;
      }
      long gap = situation.now() - situation.last().getAsLong();
      return gap < shorter(limits.ageLimit(), limits.compilerAgeLimit()).toSeconds() / 2
          || gap < limits.cleanupInterval().toSeconds() * 2;
    }

    void byCompiler() {
      Map<String, Long> used = new HashMap<>();
      for (Candidate entry : order) {
        if (!isFromFuture(entry.used())) {
          used.merge(entry.compiler(), entry.used(), Math::max);
        }
      }
      Map<String, Long> old = new LinkedHashMap<>();
      used.entrySet().stream()
          .sorted(
              Map.Entry.<String, Long>comparingByValue()
                  .reversed()
                  .thenComparing(Map.Entry.comparingByKey()))
          .skip(limits.compilersKept())
          .filter(compiler -> isOlder(compiler.getValue(), limits.compilerAgeLimit()))
          .forEach(compiler -> old.put(compiler.getKey(), compiler.getValue()));
      evict(EvictionReason.COMPILER, entry -> old.containsKey(entry.compiler()));
    }

    void byAge() {
      evict(
          EvictionReason.AGE,
          entry -> !isFromFuture(entry.used()) && isOlder(entry.used(), limits.ageLimit()));
    }

    void byEntries() {
      if (count > limits.entryLimit()) {
        long target = share(limits.entryLimit(), limits.entryTarget());
        evictOldest(EvictionReason.ENTRIES, () -> count <= target);
      }
    }

    void bySize() {
      if (bytes > limits.sizeLimit()) {
        long target = share(limits.sizeLimit(), limits.sizeTarget());
        evictOldest(EvictionReason.SIZE, () -> bytes <= target);
      }
    }

    void byFreeDisk() {
      if (limits.freeDisk() < Long.MAX_VALUE) {
        long missing = limits.freeDisk() - situation.free();
        evictOldest(EvictionReason.FREE_DISK, () -> before - bytes >= missing);
      }
    }

    CleanupPlan plan() {
      return new CleanupPlan(List.copyOf(evictions), before, bytes, count);
    }

    private interface Test {
      boolean holds(Candidate entry);
    }

    private interface Goal {
      boolean isReached();
    }

    private void evict(EvictionReason reason, Test test) {
      for (int i = order.size() - 1; i >= 0; i--) {
        Candidate entry = order.get(i);
        if (test.holds(entry) && !isJustWritten(entry)) {
          evict(entry, reason);
        }
      }
      order.removeIf(entry -> test.holds(entry) && !isJustWritten(entry));
    }

    private void evict(Candidate entry, EvictionReason reason) {
      evictions.add(new Eviction(entry, reason));
      bytes -= entry.bytes();
      count--;
    }

    /** Never the one used last: a limit that is too small for it does not make it useless. */
    private void evictOldest(EvictionReason reason, Goal goal) {
      List<Candidate> spared = new ArrayList<>();
      while (order.size() > 1 && !goal.isReached()) {
        Candidate entry = order.removeLast();
        if (isJustWritten(entry)) {
          spared.add(entry);
        } else {
          evict(entry, reason);
        }
      }
      order.addAll(spared.reversed());
    }

    private boolean isJustWritten(Candidate entry) {
      return situation.now() - entry.created() < GRACE_SECONDS && !isFromFuture(entry.created());
    }

    private boolean isFromFuture(long time) {
      return time > situation.now() + drift;
    }

    private boolean isOlder(long time, Duration limit) {
      return situation.now() - time > limit.toSeconds();
    }

    private static Duration shorter(Duration a, Duration b) {
      return a.compareTo(b) < 0 ? a : b;
    }

    private static long share(long limit, int percent) {
      return limit / 100 * percent + limit % 100 * percent / 100;
    }
  }
}
