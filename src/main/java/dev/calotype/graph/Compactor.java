package dev.calotype.graph;

import dev.calotype.Durability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** What a {@link Compaction} does, in the thread that runs it. */
final class Compactor {
  private final Path path;
  private final CompactionOptions options;
  private volatile boolean stopped;
  private volatile long done;
  private volatile long all = 1;

  Compactor(Path path, CompactionOptions options) {
    this.path = path;
    this.options = options;
  }

  void stop() {
    stopped = true;
  }

  double progress() {
    return Math.min(1.0, (double) done / all);
  }

  /** How many nodes no session has wanted for that long. */
  static long old(Graph graph, int keep) {
    return Arrays.stream(oldBits(graph, keep)).map(Long::bitCount).sum();
  }

  Compaction.Result run() throws IOException {
    try (Arena arena = Arena.ofShared();
        Graph graph = Graph.open(path, arena)) {
      all = graph.nodes() + 1;
      CanonicalOrder order =
          new CanonicalOrder(graph, oldBits(graph, options.keep()), arena, this::report);
      try (SegmentBuilder builder = new SegmentBuilder(path, Optional.empty());
          UpdateLog nothing = new UpdateLog(path)) {
        copy(graph, order, builder);
        CommitRecord record =
            builder.finish(
                nothing,
                out -> ages(graph, order, out),
                new SegmentBuilder.Facts(
                    graph.commit().sessions(),
                    graph.commit().completed(),
                    options.durability() == Durability.FAST));
        report(all);
        builder.file().publication().takePermissionsOf(path);
        SegmentCommit.publish(builder.file(), record, options.durability());
        return new Compaction.Result(
            graph.bytes(),
            record.offset() + CommitRecord.SIZE,
            record.nodes(),
            graph.nodes() - record.nodes());
      }
    }
  }

  /** Finds the order, and copies the nodes in it on another thread meanwhile. */
  private static void copy(Graph graph, CanonicalOrder order, SegmentBuilder builder)
      throws IOException {
    CompactedNodes nodes = new CompactedNodes(graph, order);
    try (BackgroundWriter writer =
        new BackgroundWriter("graph-compactor", 1, batch -> nodes.copy(batch, builder))) {
      order.find((first, count) -> {
        Batch batch = writer.take();
        batch.start(first >>> Layout.BLOCK_BITS);
        batch.count = count;
        writer.submit(batch);
      });
      writer.drain();
    }
  }

  /** Takes over since when nodes have had no colour: a record for each session that says so. */
  private long ages(Graph graph, CanonicalOrder order, SegmentFile out) throws IOException {
    long last = 0;
    long[] before = new long[Liveness.words(graph.limit())];
    List<Long> sessions = Liveness.sessions(graph);
    for (long session : sessions) {
      long[] since = Liveness.uncolouredSince(graph, session, graph.limit());
      long[] added = new long[Liveness.words(order.count())];
      for (long number = 0; number < order.count(); number++) {
        long node = order.node(number);
        int word = (int) (node >>> 6);
        if (((since[word] & ~before[word]) >>> node & 1) != 0) {
          added[(int) (number >>> 6)] |= 1L << number;
        }
      }
      before = since;
      Runs runs = Runs.of(added);
      if (runs.size() > 0) {
        last = Liveness.write(out, last, session, runs, Runs.of(new long[0]));
      }
    }
    return last;
  }

  private static long[] oldBits(Graph graph, int keep) {
    long session = graph.commit().completed() - keep + 1;
    return session < 1
        ? new long[Liveness.words(graph.limit())]
        : Liveness.uncolouredSince(graph, session, graph.limit());
  }

  private void report(long done) {
    this.done = done;
    if (stopped) {
      throw new CancellationException("the compaction was stopped");
    }
  }
}
