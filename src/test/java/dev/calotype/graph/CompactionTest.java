package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {
  private static final SessionOptions FAST =
      SessionOptions.standard().withDurability(Durability.FAST);
  private static final CompactionOptions ALL =
      CompactionOptions.standard().withDurability(Durability.FAST);

  @TempDir Path folder;

  @Test
  void aCompactedGraphSaysTheSameWithoutGarbageAndHoles() throws IOException {
    Path path = folder.resolve("a");
    record(path, 1, 3000);
    for (int i = 0; i < 5; i++) {
      change(path, i);
    }
    byte[] before = digest(path);
    long size = Files.size(path);
    compact(path, ALL);
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.digest()).isEqualTo(before);
      assertThat(graph.verify()).isEmpty();
      assertThat(graph.holes()).isZero();
      assertThat(graph.deadBytes()).isZero();
      assertThat(graph.sessions()).isEqualTo(6);
      assertThat(graph.bytes()).isLessThan(size);
      // No circles, so each node is behind what it depends on.
      for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
        for (int i = 0; i < cursor.edgeCount(); i++) {
          assertThat(graph.edge(cursor.node(), i)).isLessThan(cursor.node());
        }
      }
    }
    byte[] once = Files.readAllBytes(path);
    compact(path, ALL);
    assertThat(Files.readAllBytes(path)).isEqualTo(once);
  }

  @Test
  void theSameGraphBecomesTheSameBytesWhoeverRecordedIt() throws Exception {
    List<byte[]> compacted = new ArrayList<>();
    List<byte[]> digests = new ArrayList<>();
    for (int threads = 1; threads <= 5; threads++) {
      Path path = folder.resolve("t" + threads);
      recordLayers(path, threads);
      digests.add(digest(path));
      compact(path, ALL);
      compacted.add(Files.readAllBytes(path));
    }
    assertThat(digests).allMatch(digest -> Arrays.equals(digest, digests.getFirst()));
    assertThat(compacted).allMatch(bytes -> Arrays.equals(bytes, compacted.getFirst()));
  }

  @Test
  void aRewritingSessionLeavesNeitherGarbageNorHoles() throws IOException {
    Path path = folder.resolve("a");
    record(path, 8, 3000);
    SessionOptions rewrite = FAST.withForm(SessionOptions.Form.REWRITE);
    try (Session session = Session.open(path, rewrite)) {
      for (int i = 0; i < 300; i++) {
        session.node(i % 11, 5, i, 99, 99, new long[0], 0);
      }
      session.complete();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.nodes()).isEqualTo(3000);
      assertThat(graph.deadBytes()).isZero();
      assertThat(graph.holes()).isZero();
      assertThat(graph.value(graph.find(0, 5, 0))).isEqualTo(new Fingerprint(99, 99));
      assertThat(graph.verify()).isEmpty();
    }
  }

  @Test
  void aCircleLargerThanManyBatchesIsOrderedToo() throws IOException {
    int nodes = 5000;
    List<byte[]> compacted = new ArrayList<>();
    for (int first = 0; first < nodes; first += 1999) {
      Path path = folder.resolve("c" + first);
      try (Session session = Session.open(path, FAST)) {
        for (int i = 0; i < nodes; i++) {
          // Each depends on the one recorded next, and the last on the first.
          session.node(3, 5, (first + i) % nodes, 6, 7, new long[] {(i + 1) % nodes}, 1);
        }
        session.commit();
      }
      byte[] before = digest(path);
      compact(path, ALL);
      assertThat(digest(path)).isEqualTo(before);
      compacted.add(Files.readAllBytes(path));
    }
    assertThat(compacted).allMatch(bytes -> Arrays.equals(bytes, compacted.getFirst()));
  }

  @Test
  void circlesAreOrderedToo() throws IOException {
    List<byte[]> compacted = new ArrayList<>();
    for (int shift = 0; shift < 3; shift++) {
      Path path = folder.resolve("c" + shift);
      try (Session session = Session.open(path, FAST)) {
        // Three nodes in a circle, and one that leads into it; recorded from another one each time.
        for (int i = 0; i < 3; i++) {
          int key = (i + shift) % 3;
          session.node(1, key, key, 7, key, new long[] {(i + 1) % 3}, 1);
        }
        session.node(2, 9, 9, 7, 7, new long[] {(3 - shift) % 3}, 1);
        session.commit();
      }
      compact(path, ALL);
      compacted.add(Files.readAllBytes(path));
    }
    assertThat(compacted.get(1)).isEqualTo(compacted.get(0));
    assertThat(compacted.get(2)).isEqualTo(compacted.get(0));
  }

  @Test
  void nodesNobodyWantedForSomeCompleteSessionsGo() throws IOException {
    Path path = folder.resolve("a");
    try (Session session = Session.open(path, FAST)) {
      for (int i = 0; i < 1000; i++) {
        session.node(1, i, 0, 0, 0, new long[0], 0);
      }
      session.complete();
    }
    // The first hundred are wanted always, the second until the second session, and so on.
    for (int round = 1; round <= 4; round++) {
      try (Session session = Session.open(path, FAST)) {
        for (int i = 0; i < 1000; i++) {
          if (i < 100 || i / 100 > round) {
            session.promote(i);
          }
        }
        session.complete();
      }
      try (Session partial = Session.open(path, FAST)) {
        partial.node(1, 5000 + round, 0, 0, 0, new long[0], 0);
        partial.commit();
      }
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(Compactor.old(graph, 1)).isEqualTo(403);
      assertThat(Compactor.old(graph, 3)).isEqualTo(201);
      assertThat(Compaction.isDue(graph, ALL, 0.5)).isFalse();
      assertThat(Compaction.isDue(graph, ALL.withKeep(1), 0.3)).isTrue();
    }
    assertThat(compact(path, ALL.withKeep(3)).dropped()).isEqualTo(201);
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.verify()).isEmpty();
      assertThat(graph.nodes()).isEqualTo(1004 - 201);
      assertThat(graph.find(1, 99, 0)).isNotNegative();
      assertThat(graph.find(1, 100, 0)).isEqualTo(Graph.NONE);
      assertThat(graph.find(1, 299, 0)).isEqualTo(Graph.NONE);
      assertThat(graph.find(1, 300, 0)).isNotNegative();
      // Ages outlive the compaction.
      assertThat(Compactor.old(graph, 1)).isEqualTo(202);
      assertThat(Compactor.old(graph, 2)).isEqualTo(101);
    }
  }

  @Test
  void whatALiveNodeDependsOnStays() throws IOException {
    Path path = folder.resolve("a");
    try (Session session = Session.open(path, FAST)) {
      session.node(1, 0, 0, 0, 0, new long[0], 0);
      session.node(1, 1, 0, 0, 0, new long[] {0}, 1);
      session.node(1, 2, 0, 0, 0, new long[] {0}, 1);
      session.complete();
    }
    try (Session session = Session.open(path, FAST)) {
      session.promote(2);
      session.complete();
    }
    assertThat(compact(path, ALL.withKeep(1)).nodes()).isEqualTo(2);
  }

  @Test
  void readersOfTheOldFileAreNotDisturbed() throws IOException {
    Path path = folder.resolve("a");
    record(path, 3, 2000);
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      byte[] before = graph.digest();
      change(path, 1);
      compact(path, ALL);
      assertThat(graph.digest()).isEqualTo(before);
      assertThat(graph.verify()).isEmpty();
    }
  }

  @Test
  void aStoppedCompactionLeavesTheGraph() throws IOException {
    Path path = folder.resolve("a");
    record(path, 4, 20_000);
    byte[] before = Files.readAllBytes(path);
    try (Compaction compaction = Compaction.start(path, ALL)) {
      compaction.stop();
      assertThatThrownBy(compaction::await).isInstanceOf(CancellationException.class);
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
    assertThat(Bytes.names(folder)).containsExactly(".a.lock", "a");
  }

  @Test
  void nobodyWritesWhileItRuns() throws IOException {
    Path path = folder.resolve("a");
    record(path, 5, 20_000);
    try (Session session = Session.open(path, FAST)) {
      assertThat(session.previous()).isPresent();
      assertThatThrownBy(() -> Compaction.start(path, ALL)).isInstanceOf(RefusedException.class);
    }
    try (Compaction compaction = Compaction.start(path, ALL)) {
      assertThatThrownBy(() -> Session.open(path, FAST)).isInstanceOf(RefusedException.class);
      compaction.await();
      assertThat(compaction.progress()).isEqualTo(1);
    }
    Session.open(path, FAST).close();
  }

  private static Compaction.Result compact(Path path, CompactionOptions options)
      throws IOException {
    try (Compaction compaction = Compaction.start(path, options)) {
      return compaction.await();
    }
  }

  private static byte[] digest(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      return graph.digest();
    }
  }

  private static void record(Path path, int seed, int nodes) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    try (Session session = Session.open(path, FAST)) {
      List<Long> there = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        long[] edges = new long[random.nextInt(6)];
        for (int e = 0; e < edges.length && !there.isEmpty(); e++) {
          edges[e] = there.get(random.nextInt(there.size()));
        }
        int count = there.isEmpty() ? 0 : edges.length;
        there.add(session.node(i % 11, 5, i, i % 17, 3, edges, count));
      }
      session.commit();
    }
  }

  /** Changes some values and adds some nodes. */
  private static void change(Path path, int round) throws IOException {
    SplittableRandom random = new SplittableRandom(round);
    try (Session session = Session.open(path, FAST)) {
      Graph graph = session.previous().orElseThrow();
      long[] edges = new long[100];
      for (int i = 0; i < 100; i++) {
        long node = random.nextLong(graph.limit());
        if (session.colour(node) == Colour.UNKNOWN) {
          int count = graph.edges(node, edges);
          Fingerprint key = graph.key(node);
          session.node(graph.kind(node), key.high(), key.low(), round, i, edges, count);
        }
      }
      for (int i = 0; i < 10; i++) {
        session.node(77, round, i, 0, 0, edges, 0);
      }
      session.commit();
    }
  }

  /** Ten layers of nodes, each depending on the one before, each recorded by many threads. */
  private static void recordLayers(Path path, int threads) throws Exception {
    try (Session session = Session.open(path, FAST)) {
      long[] below = {};
      for (int layer = 0; layer < 10; layer++) {
        long[] nodes = new long[400];
        long[] targets = below;
        int number = layer;
        List<Thread> started = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          int first = t;
          started.add(
              Thread.ofPlatform()
                  .start(() -> {
                    for (int i = first; i < nodes.length; i += threads) {
                      SplittableRandom random = new SplittableRandom(1000 * number + i);
                      long[] edges = new long[targets.length == 0 ? 0 : random.nextInt(5)];
                      for (int e = 0; e < edges.length; e++) {
                        edges[e] = targets[random.nextInt(targets.length)];
                      }
                      nodes[i] =
                          session.node(number, 6, i, random.nextInt(9), 0, edges, edges.length);
                    }
                  }));
        }
        for (Thread thread : started) {
          thread.join();
        }
        below = nodes;
      }
      session.commit();
    }
  }
}
