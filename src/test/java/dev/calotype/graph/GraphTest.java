package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphTest {
  private static final SessionOptions FAST =
      SessionOptions.standard().withDurability(Durability.FAST);

  @TempDir Path folder;
  private Path path = Path.of("");

  @BeforeEach
  void name() {
    path = folder.resolve("deps.graph");
  }

  @Test
  void whatOneThreadRecordsIsThereAndNumberedInOrder() throws IOException {
    GraphModel model = new GraphModel();
    SplittableRandom random = new SplittableRandom(1);
    try (Session session = Session.open(path, SessionOptions.standard())) {
      assertThat(session.previous()).isEmpty();
      for (int i = 0; i < 3000; i++) {
        assertThat(model.recordRandom(session, random, i, 10)).isEqualTo(i);
      }
      session.commit();
    }
    check(model);
    assertThat(Bytes.names(folder)).containsExactly(".deps.graph.lock", "deps.graph");
  }

  @Test
  void anEmptyGraphIsAGraph() throws IOException {
    try (Session session = Session.open(path, FAST)) {
      session.commit();
    }
    check(new GraphModel());
  }

  @Test
  void sessionsChangeAddAndKeep() throws IOException {
    GraphModel model = new GraphModel();
    SplittableRandom random = new SplittableRandom(2);
    int added = 0;
    for (int round = 0; round < Tools.count(30, 300); round++) {
      try (Session session = Session.open(path, FAST)) {
        for (int i = random.nextInt(round == 0 ? 2000 : 40); i > 0; i--) {
          model.recordRandom(session, random, added++, 6);
        }
        List<Long> there = new ArrayList<>(new TreeSet<>(model.nodes.keySet()));
        there.removeIf(node -> node >= session.previous().map(Graph::limit).orElse(0L));
        for (int i = random.nextInt(30); i > 0 && !there.isEmpty(); i--) {
          long index = there.remove(random.nextInt(there.size()));
          GraphModel.Node node = Objects.requireNonNull(model.nodes.get(index));
          long same =
              model.record(
                  session,
                  node.kind(),
                  node.key(),
                  random.nextBoolean() ? node.value() : new Fingerprint(9, round),
                  model.randomEdges(random, 9));
          assertThat(same).isEqualTo(index);
        }
        session.commit();
      }
      check(model);
    }
  }

  @Test
  void manyThreadsRecordTogether() throws Exception {
    GraphModel model = new GraphModel();
    try (Session session = Session.open(path, FAST)) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 5; t++) {
        int id = t;
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  SplittableRandom random = new SplittableRandom(id);
                  for (int i = 0; i < 1500; i++) {
                    model.recordRandom(session, random, 10_000L * id + i, 4);
                    if (i % 500 == 499) {
                      checkpoint(session);
                    }
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      session.commit();
    }
    check(model);
  }

  @Test
  void recordingWaitsForTheDiskAndLosesNothing() throws Exception {
    int threads = 8;
    int each = Tools.count(20_000, 1_000_000);
    try (Session session = Session.open(path, FAST)) {
      List<Thread> started = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int id = t;
        started.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    session.node(id, id, i, i, 0, new long[0], 0);
                  }
                }));
      }
      for (Thread thread : started) {
        thread.join();
      }
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.nodes()).isEqualTo((long) threads * each);
      assertThat(graph.verify()).isEmpty();
    }
  }

  @Test
  void aCheckpointIsSeenAndAnAbandonedSessionIsNot() throws IOException {
    GraphModel model = new GraphModel();
    SplittableRandom random = new SplittableRandom(3);
    try (Session session = Session.open(path, FAST)) {
      for (int i = 0; i < 300; i++) {
        model.recordRandom(session, random, i, 5);
      }
      session.checkpoint();
      check(model);
      for (int i = 300; i < 310; i++) {
        model.recordRandom(session, random, i, 5);
      }
      session.checkpoint();
      check(model);
      GraphModel lost = new GraphModel();
      lost.nodes.putAll(model.nodes);
      lost.recordRandom(session, random, 1000, 5);
    }
    check(model);
    assertThat(Bytes.names(folder)).containsExactly(".deps.graph.lock", "deps.graph");
  }

  @Test
  void aNodeWithVeryManyEdgesIsLikeOthers() throws IOException {
    GraphModel model = new GraphModel();
    SplittableRandom random = new SplittableRandom(4);
    long[] many = new long[200_000];
    try (Session session = Session.open(path, FAST)) {
      for (int i = 0; i < 100; i++) {
        model.recordRandom(session, random, i, 5);
      }
      for (int i = 0; i < many.length; i++) {
        many[i] = random.nextInt(100);
      }
      long node = session.node(7, 1, 2, 3, 4, many, many.length);
      assertThat(node).isEqualTo(100);
      assertThat(session.node(8, 1, 2, 3, 4, many, 3)).isEqualTo(101);
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      long[] edges = new long[many.length];
      assertThat(graph.edges(100, edges)).isEqualTo(many.length);
      assertThat(edges).isEqualTo(many);
      assertThat(graph.edgeCount(101)).isEqualTo(3);
      assertThat(graph.find(8, 1, 2)).isEqualTo(101);
      assertThat(graph.find(7, 1, 2)).isEqualTo(100);
    }
  }

  @Test
  void nodesOfOneKindAreFoundWithoutTheOthers() throws IOException {
    try (Session session = Session.open(path, FAST)) {
      for (int i = 0; i < 2000; i++) {
        session.node(i < 1200 ? 1 : i % 7 == 0 ? 5 : 2, i, i, 0, 0, new long[0], 0);
      }
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      List<Long> found = new ArrayList<>();
      for (NodeCursor cursor = graph.cursor(5); cursor.next(); ) {
        found.add(cursor.node());
      }
      List<Long> expected = new ArrayList<>();
      for (long i = 1200; i < 2000; i++) {
        if (i % 7 == 0) {
          expected.add(i);
        }
      }
      assertThat(found).isEqualTo(expected);
      assertThat(graph.cursor(9).next()).isFalse();
    }
  }

  @Test
  void aSecondWriterIsRefusedWithAClearError() throws IOException {
    try (Session session = Session.open(path, FAST)) {
      assertThat(session.previous()).isEmpty();
      assertThatThrownBy(() -> Session.open(path, FAST))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("another writer in this process has it");
    }
    Session.open(path, FAST).close();
  }

  @Test
  void whatCantBeRecordedIsRefused() throws IOException {
    try (Session session = Session.open(path, FAST)) {
      long[] none = {};
      assertThatThrownBy(() -> session.node(-1, 0, 0, 0, 0, none, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.node(65_536, 0, 0, 0, 0, none, 0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.node(1, 0, 0, 0, 0, none, 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.node(1, 0, 0, 0, 0, new long[] {-1}, 1))
          .isInstanceOf(IllegalArgumentException.class);
      session.node(1, 0, 0, 0, 0, new long[] {1}, 1);
      assertThatThrownBy(session::commit)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("node 0 depends on node 1, which nobody recorded");
      session.node(1, 1, 0, 0, 0, none, 0);
      assertThatThrownBy(session::commit).hasMessageContaining("an earlier commit failed");
    }
    assertThatThrownBy(() -> Graph.open(path, Arena.ofAuto()))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void oneKeyIsRecordedOnce() throws IOException {
    long[] none = {};
    try (Session session = Session.open(path, FAST)) {
      for (int i = 0; i < 500; i++) {
        session.node(1, i % 400, 0, 0, 0, none, 0);
      }
      assertThatThrownBy(session::commit)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("have the same kind and key");
    }
    try (Session session = Session.open(path, FAST)) {
      session.node(1, 1, 0, 0, 0, none, 0);
      session.checkpoint();
      assertThatThrownBy(() -> session.node(1, 1, 0, 0, 0, none, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("recorded already");
    }
    try (Session session = Session.open(path, FAST)) {
      session.node(1, 1, 0, 0, 0, none, 0);
      assertThatThrownBy(() -> session.node(1, 1, 0, 0, 0, none, 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has a colour already");
    }
  }

  @Test
  void indicesWithoutANodeHaveNothing() throws IOException {
    try (Session session = Session.open(path, FAST)) {
      session.node(1, 1, 0, 0, 0, new long[0], 0);
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      for (long node : new long[] {-1, 1, 255, 256, Long.MAX_VALUE, Long.MIN_VALUE}) {
        assertThat(graph.contains(node)).isFalse();
        assertThatThrownBy(() -> graph.kind(node)).isInstanceOf(NoSuchElementException.class);
      }
      assertThatThrownBy(() -> graph.edge(0, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private void check(GraphModel model) throws IOException {
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.loss()).isEmpty();
      model.check(graph);
    }
  }

  private static void checkpoint(Session session) {
    try {
      session.checkpoint();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
