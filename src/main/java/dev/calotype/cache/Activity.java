package dev.calotype.cache;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What happened in an open store and is not in its log yet. Counters are exact; which entries were
 * used, and what was missed, waits in a queue, and is dropped and counted when that is full.
 *
 * <p>Adding is for any thread and does not wait; taking is for one thread.
 */
final class Activity {
  /** Counts events that found the queue full. */
  static final String DROPPED = "dropped-events";

  private static final int MOST_QUEUE = 1 << 24;

  private final ArrayBlockingQueue<Object> queue;
  private final LongAdder hits = new LongAdder();
  private final ConcurrentHashMap<String, LongAdder> others = new ConcurrentHashMap<>();
  private final Map<Miss.Reason, LongAdder> misses = adders(Miss.Reason.class);
  private final Map<UsageSink.Event, LongAdder> events = adders(UsageSink.Event.class);

  Activity(long queueSize) {
    queue = new ArrayBlockingQueue<>(Math.clamp(queueSize, 1, MOST_QUEUE));
  }

  /** The name of the counter of misses for a reason. */
  static String counter(Miss.Reason reason) {
    return "misses." + reason.id();
  }

  /** The name of the counter of an event. */
  static String counter(UsageSink.Event event) {
    return switch (event) {
      case BUILT -> "builds";
      case NOT_STORED -> "builds-not-stored";
      case FAILED -> "build-failures";
      case EXTENDED -> "extensions";
      case EVICTED -> "evictions";
      case QUARANTINED -> "quarantined";
      case TIMED_OUT -> "wait-timeouts";
    };
  }

  /**
   * An entry was used.
   *
   * @return whether the queue is so full that somebody should take from it
   */
  boolean hit(Place place) {
    hits.increment();
    return add(place);
  }

  /** There was none; the same. */
  boolean missed(Miss miss) {
    increment(misses, miss.reason());
    return add(miss);
  }

  void happened(UsageSink.Event event) {
    increment(events, event);
  }

  /** Adds to a counter of any name. */
  void count(String name, long amount) {
    others.computeIfAbsent(name, _ -> new LongAdder()).add(amount);
  }

  /** What could not be written: its counters are for the next time, its events are dropped. */
  void giveBack(Taken taken) {
    taken.counts.forEach(this::count);
    if (taken.events > 0) {
      count(DROPPED, taken.events);
    }
  }

  private boolean add(Object event) {
    if (queue.offer(event)) {
      return queue.remainingCapacity() < queue.size();
    }
    count(DROPPED, 1);
    return true;
  }

  /**
   * What was taken.
   *
   * @param records all of it, as a log has it
   * @param counts the counters among it
   * @param events how many events are among it
   */
  record Taken(List<byte[]> records, Map<String, Long> counts, int events) {}

  /**
   * Takes all there is.
   *
   * @param time when it happened, about: nobody asks the clock at a hit
   */
  Taken take(Instant time) {
    long now = time.getEpochSecond();
    List<Object> waiting = new ArrayList<>();
    queue.drainTo(waiting);
    Map<KeyPrefix, Use> uses = new HashMap<>();
    List<byte[]> records = new ArrayList<>();
    for (Object event : waiting) {
      if (event instanceof Place place) {
        uses.merge(KeyPrefix.of(place.key()), new Use(now, 1, 0), (old, _) -> old.and(1, now));
      } else if (event instanceof Miss miss && miss.key().encoding().length <= Records.MOST_KEY) {
        records.add(
            Records.miss(
                new LoggedMiss(time.toEpochMilli(), miss.reason().id(), miss.key().encoding())));
      }
    }
    records.addAll(Records.uses(uses));
    Map<String, Long> counts = takeCounts();
    if (!counts.isEmpty()) {
      records.add(Records.counts(counts));
    }
    return new Taken(records, counts, waiting.size());
  }

  private Map<String, Long> takeCounts() {
    Map<String, Long> counts = new TreeMap<>();
    take(counts, "hits", hits);
    misses.forEach((reason, adder) -> take(counts, counter(reason), adder));
    events.forEach((event, adder) -> take(counts, counter(event), adder));
    others.forEach((name, adder) -> take(counts, name, adder));
    return counts;
  }

  private static void take(Map<String, Long> counts, String name, LongAdder adder) {
    long amount = adder.sumThenReset();
    if (amount != 0) {
      counts.merge(name, amount, Long::sum);
    }
  }

  private static <E extends Enum<E>> void increment(Map<E, LongAdder> adders, E which) {
    Objects.requireNonNull(adders.get(which)).increment();
  }

  /** One for each; nothing is put into the map later, so any thread may read it. */
  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
    Map<E, LongAdder> adders = new EnumMap<>(type);
    for (E which : EnumSet.allOf(type)) {
      adders.put(which, new LongAdder());
    }
    return adders;
  }
}
