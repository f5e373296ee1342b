package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Edges to indices that have no node, below the limit and above it. */
class OpenTargetsTest {
  private static final SessionOptions FAST =
      SessionOptions.standard().withDurability(Durability.FAST);
  private static final long[] NONE = {};

  @TempDir Path folder;
  private Path path = Path.of("");

  @BeforeEach
  void name() {
    path = folder.resolve("deps.graph");
  }

  @Test
  void anEdgeToAHoleOfTheSameSessionIsRefused() throws Exception {
    try (Session session = Session.open(path, FAST)) {
      long other = recordWithHoles(session);
      long node = session.node(1, 7, 7, 0, 0, new long[] {0, other, 200}, 3);
      assertThatThrownBy(session::commit)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining(
              "node %d depends on node 200, which nobody recorded".formatted(node));
    }
    assertThat(Files.exists(path)).isFalse();
  }

  @Test
  void aNewNodesEdgeToAHoleOfTheGraphBeforeIsRefused() throws Exception {
    commitWithHoles();
    byte[] before = Files.readAllBytes(path);
    try (Session session = Session.open(path, FAST)) {
      long[] edges = {0, 200};
      long first = session.node(1, 7, 0, 0, 0, edges, 1);
      assertThat(session.node(1, 7, 1, 0, 0, edges, 2)).isEqualTo(first + 1);
      assertThatThrownBy(session::commit)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining(
              "node %d depends on node 200, which nobody recorded".formatted(first + 1));
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
  }

  @Test
  void aChangedNodesEdgeToAHoleIsRefused() throws Exception {
    commitWithHoles();
    byte[] before = Files.readAllBytes(path);
    try (Session session = Session.open(path, FAST)) {
      assertThat(session.node(1, 0, 0, 5, 5, new long[] {0, 200}, 2)).isZero();
      assertThatThrownBy(session::commit)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("node 0 depends on node 200, which nobody recorded");
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
  }

  @Test
  void anEdgeFarBeyondTheLimitIsRefused() throws IOException {
    try (Session session = Session.open(path, FAST)) {
      session.node(1, 0, 0, 0, 0, new long[] {Layout.MOST_NODES - 1}, 1);
      assertThatThrownBy(session::commit)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining(
              "node 0 depends on node %d, which nobody recorded".formatted(Layout.MOST_NODES - 1));
    }
  }

  @Test
  void edgesToWhatIsRecordedLaterOrByOthersAreNot() throws Exception {
    try (Session session = Session.open(path, FAST)) {
      long other = recordWithHoles(session);
      for (int i = 1; i < 3000; i++) {
        long[] edges = {other, i < 200 ? i + 1 : 0, other};
        session.node(1, 7, i, 0, 0, edges, edges.length);
      }
      session.commit();
    }
    try (Session session = Session.open(path, FAST)) {
      assertThat(session.node(1, 0, 0, 5, 5, new long[] {1, 0}, 2)).isZero();
      session.commit();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.holes()).isPositive();
      assertThat(graph.edges()).isEqualTo(2 + 3 * 2999);
      assertThat(graph.verify()).isEmpty();
    }
  }

  private void commitWithHoles() throws Exception {
    try (Session session = Session.open(path, FAST)) {
      recordWithHoles(session);
      session.commit();
    }
  }

  /** Node 0 by this thread, and another by a thread that gets indices of its own. */
  private static long recordWithHoles(Session session) throws Exception {
    assertThat(session.node(1, 0, 0, 0, 0, NONE, 0)).isZero();
    long[] node = new long[1];
    for (int i = 0; node[0] < Layout.BLOCK_NODES; i++) {
      int key = i;
      Thread other =
          Thread.ofPlatform().start(() -> node[0] = session.node(2, key, 0, 0, 0, NONE, 0));
      other.join();
      assertThat(i).isLessThan(100);
    }
    return node[0];
  }
}
