package dev.calotype.graph;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a compaction is, over all that it does, and whether it is to stop. Safe for use by
 * several threads.
 */
final class CompactionProgress {
  /** What there is to do, each with its share of the time. Each goes through all nodes. */
  enum Phase {
    /** Verifying blocks, and what depends on what at all. */
    CHECK(3),
    /** Numbering. */
    ORDER(8),
    /** Writing blocks. */
    COPY(8),
    /** Writing the index. */
    INDEX(1);

    private final int share;

    Phase(int share) {
      this.share = share;
    }
  }

  private final Map<Phase, AtomicLong> done = new EnumMap<>(Phase.class);
  private volatile long nodes;
  private volatile boolean finished;
  private volatile boolean stopped;

  CompactionProgress() {
    for (Phase phase : Phase.values()) {
      done.put(phase, new AtomicLong());
    }
  }

  /** How many nodes there are, before any is done. */
  void expect(long nodes) {
    this.nodes = nodes;
  }

  /**
   * Some nodes are done.
   *
   * @throws CancellationException if it is to stop
   */
  void add(Phase phase, long more) {
    of(phase).addAndGet(more);
    if (stopped) {
      throw new CancellationException("the compaction was stopped");
    }
  }

  void stop() {
    stopped = true;
  }

  void finish() {
    finished = true;
  }

  /** From 0 to 1, never less than before; 1 only at the end. */
  double value() {
    if (finished) {
      return 1;
    }
    double sum = 0;
    int shares = 0;
    for (Phase phase : Phase.values()) {
      double part = (double) of(phase).get() / Math.max(1, nodes);
      sum += phase.share * Math.min(1, part);
      shares += phase.share;
    }
    return 0.99 * sum / shares;
  }

  private AtomicLong of(Phase phase) {
    return Objects.requireNonNull(done.get(phase));
  }
}
