package dev.calotype.graph;

import dev.calotype.Durability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a {@link Compaction} does, in the thread that runs it. */
final class Compactor {
  private final Path path;
  private final CompactionOptions options;
  private final CompactionProgress progress = new CompactionProgress();

  Compactor(Path path, CompactionOptions options) {
    this.path = path;
    this.options = options;
  }

  void stop() {
    progress.stop();
  }

  double progress() {
    return progress.value();
  }

  /** How many nodes no session has wanted for that long. */
  static long old(Graph graph, int keep) {
    return Arrays.stream(oldBits(graph, keep)).map(Long::bitCount).sum();
  }

  Compaction.Result run() throws IOException {
    try (Arena arena = Arena.ofShared();
        Graph graph = Graph.open(path, arena)) {
      progress.expect(graph.nodes());
      long[] dropped = oldBits(graph, options.keep());
      CompactionScan scan = CompactionScan.of(graph, dropped, progress);
      CanonicalOrder order = new CanonicalOrder(graph, scan, arena, progress);
      try (SegmentBuilder builder = new SegmentBuilder(path, Optional.empty());
          UpdateLog nothing = new UpdateLog(path)) {
        builder.trustTargets();
        if (Arrays.stream(dropped).allMatch(bits -> bits == 0)) {
          builder.feedIndex(
              graph.nodes(),
              (a, b) -> graph.sameKey(order.node(a), order.node(b)),
              more -> progress.add(CompactionProgress.Phase.INDEX, more));
        }
        copy(graph, order, builder);
        CommitRecord record =
            builder.finish(
                nothing,
                out -> ages(graph, order, out),
                new SegmentBuilder.Facts(
                    graph.commit().sessions(),
                    graph.commit().completed(),
                    options.durability() == Durability.FAST));
        progress.add(CompactionProgress.Phase.INDEX, 0);
        builder.file().publication().takePermissionsOf(path);
        SegmentCommit.publish(builder.file(), record, options.durability());
        progress.finish();
        return new Compaction.Result(
            graph.bytes(),
            record.offset() + CommitRecord.SIZE,
            record.nodes(),
            graph.nodes() - record.nodes());
      }
    }
  }

  /**
   * Gathers the nodes in their order, which another thread finds meanwhile; a third encodes and
   * writes them.
   */
  private void copy(Graph graph, CanonicalOrder order, SegmentBuilder builder) throws IOException {
    CompactedNodes nodes = new CompactedNodes(graph, order);
    try (BackgroundWriter writer = new BackgroundWriter("graph-compaction-write", 1, builder::add);
        Numbering numbering = new Numbering(order)) {
      long next = 0;
      for (int count = numbering.await(next); count > 0; count = numbering.await(next)) {
        for (long end = next + count; next < end; ) {
          Batch batch = writer.take();
          next += nodes.fill(batch, next, (int) (end - next), numbering);
          writer.submit(batch);
        }
        progress.add(CompactionProgress.Phase.COPY, count);
      }
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
}
