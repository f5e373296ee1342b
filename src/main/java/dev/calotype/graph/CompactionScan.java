package dev.calotype.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The first pass of a compaction over all blocks, by several threads: verifies them, and finds
 * which nodes there are and which of them something depends on.
 */
final class CompactionScan {
  /** Ranges that a thread takes at a time: those of a leaf, so that no two share a word. */
  private static final long CHUNK = Layout.LEAF_ENTRIES;

  private static final int MOST_THREADS = 4;

  private final Graph graph;
  private final long[] dropped;
  private final CompactionProgress progress;
  private final AtomicLong next = new AtomicLong();
  private final long[] tops;
  private final long[] wanted;
  private final long[] targets;
  private long failedAt = Long.MAX_VALUE;
  private @Nullable RuntimeException failure;

  private CompactionScan(Graph graph, long[] dropped, CompactionProgress progress) {
    this.graph = graph;
    this.dropped = dropped;
    this.progress = progress;
    this.tops = new long[Math.toIntExact(graph.commit().blocks())];
    this.wanted = new long[Liveness.words(graph.limit())];
    this.targets = new long[wanted.length];
  }

  /**
   * Goes over a graph.
   *
   * @param dropped a bit for each node that nothing keeps but what depends on it
   * @throws dev.calotype.MalformedImageException if a block is damaged: the first one
   */
  static CompactionScan of(Graph graph, long[] dropped, CompactionProgress progress)
      throws IOException {
    CompactionScan scan = new CompactionScan(graph, dropped, progress);
    int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    List<FutureTask<Boolean>> others = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      FutureTask<Boolean> task = new FutureTask<>(scan::run, true);
      others.add(task);
      Thread.ofPlatform().daemon().name("graph-compaction-scan").start(task);
    }
    scan.run();
    for (FutureTask<Boolean> other : others) {
      BackgroundWriter.await(other);
    }
    scan.requireWhole();
    return scan;
  }

  /** The topmost block of each range; negative if it lacks nodes. */
  long[] tops() {
    return tops;
  }

  /** A bit for each node that is kept for itself. */
  long[] wanted() {
    return wanted;
  }

  /** A bit for each node that one of those depends on. */
  long[] targets() {
    return targets;
  }

  private void run() {
    long[] own = new long[targets.length];
    long ranges = tops.length;
    while (true) {
      long first = next.getAndAdd(CHUNK);
      if (first >= ranges) {
        break;
      }
      try {
        scan(first, Math.min(ranges, first + CHUNK), own);
      } catch (RuntimeException e) {
        // Chunks before this one have all been taken, so the first failure of all is found.
        fail(first, e);
        break;
      }
    }
    merge(own);
  }

  private void scan(long first, long end, long[] own) {
    for (long range = first; range < end; range++) {
      long top = graph.block(range);
      boolean full = Blocks.count(graph.mapped(), top) == Layout.BLOCK_NODES;
      tops[(int) range] = full ? top : -top;
    }
    long[] edges = new long[256];
    long nodes = 0;
    for (NodeCursor cursor = graph.cursor(first, end); cursor.next(); nodes++) {
      long node = cursor.node();
      int word = (int) (node >>> 6);
      if ((dropped[word] >>> node & 1) != 0) {
        continue;
      }
      wanted[word] |= 1L << node;
      int count = cursor.edgeCount();
      edges = count > edges.length ? new long[count] : edges;
      cursor.edges(edges);
      for (int i = 0; i < count; i++) {
        own[(int) (edges[i] >>> 6)] |= 1L << edges[i];
      }
    }
    progress.add(CompactionProgress.Phase.CHECK, nodes);
  }

  private synchronized void merge(long[] own) {
    for (int i = 0; i < own.length; i++) {
      targets[i] |= own[i];
    }
  }

  private synchronized void fail(long at, RuntimeException e) {
    if (at < failedAt) {
      failedAt = at;
      failure = e;
    }
    next.set(tops.length);
  }

  private synchronized void requireWhole() {
    if (failure != null) {
      throw failure;
    }
  }
}
