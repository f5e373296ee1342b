package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Red and green: what has to be computed anew when something below has changed. */
class MarkingTest {
  private static final SessionOptions FAST =
      SessionOptions.standard().withDurability(Durability.FAST);
  private static final Recompute NEVER =
      node -> {
        throw new AssertionError("recomputed " + node);
      };

  @TempDir Path folder;
  private Path path = Path.of("");

  @BeforeEach
  void name() {
    path = folder.resolve("deps.graph");
  }

  @Test
  void anUnchangedGraphIsGreenAndNothingIsWrittenForIt() throws IOException {
    chain(5000);
    long size = Files.size(path);
    try (Session session = Session.open(path, FAST)) {
      assertThat(session.colour(4999)).isEqualTo(Colour.UNKNOWN);
      assertThat(session.tryMarkGreen(0, NEVER)).isTrue();
      assertThat(session.tryMarkGreen(4999, NEVER)).isTrue();
      for (int i = 0; i < 5000; i++) {
        assertThat(session.colour(i)).isEqualTo(Colour.GREEN);
      }
      session.commit();
    }
    assertThat(Files.size(path)).isEqualTo(size);
  }

  @Test
  void aVeryDeepGraphNeedsNoStack() throws IOException {
    int depth = Tools.count(300_000, 3_000_000);
    chain(depth);
    try (Session session = Session.open(path, FAST)) {
      session.promote(0);
      assertThat(session.tryMarkGreen(depth - 1, NEVER)).isTrue();
      assertThat(session.colour(depth / 2)).isEqualTo(Colour.GREEN);
    }
  }

  @Test
  void aChangeIsFollowedUpToWhereValuesAreTheSame() throws IOException {
    chain(10);
    try (Session session = Session.open(path, FAST)) {
      node(session, 0, 99); // Red: another value.
      List<Long> recomputed = new ArrayList<>();
      Recompute recompute =
          node -> {
            recomputed.add(node);
            // Nodes up to 4 change, and from 5 on all is as it was.
            node(session, node, node < 5 ? 99 : 0);
            return true;
          };
      assertThat(session.tryMarkGreen(9, recompute)).isTrue();
      assertThat(recomputed).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(session.colour(4)).isEqualTo(Colour.RED);
      assertThat(session.colour(5)).isEqualTo(Colour.GREEN);
      assertThat(session.colour(6)).isEqualTo(Colour.GREEN);
      session.complete();
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.value(4)).isEqualTo(new Fingerprint(99, 0));
      assertThat(graph.value(5)).isEqualTo(new Fingerprint(0, 0));
      assertThat(graph.verify()).isEmpty();
    }
  }

  @Test
  void whoDependsOnARedNodeIsNotGreenAndKeepsNoColour() throws IOException {
    chain(3);
    try (Session session = Session.open(path, FAST)) {
      node(session, 0, 99);
      assertThat(session.tryMarkGreen(0, NEVER)).isFalse();
      assertThat(session.tryMarkGreen(1, NEVER)).isFalse();
      assertThat(session.colour(1)).isEqualTo(Colour.UNKNOWN);
      assertThat(session.tryMarkGreen(2, node -> false)).isFalse();
      assertThat(session.colour(2)).isEqualTo(Colour.UNKNOWN);
      assertThatThrownBy(() -> session.tryMarkGreen(2, node -> true))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("node 1 was not recorded");
      assertThatThrownBy(() -> session.promote(0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is red");
      assertThatThrownBy(() -> session.tryMarkGreen(3, NEVER))
          .isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void aCircleIsReportedWithItsPath() throws IOException {
    try (Session session = Session.open(path, FAST)) {
      long[][] edges = {{1}, {2}, {3}, {1}};
      for (int i = 0; i < edges.length; i++) {
        session.node(1, i, 0, 0, 0, edges[i], edges[i].length);
      }
      session.commit();
    }
    try (Session session = Session.open(path, FAST)) {
      assertThatThrownBy(() -> session.tryMarkGreen(0, NEVER))
          .isInstanceOfSatisfying(
              GraphCycleException.class, e -> assertThat(e.path()).containsExactly(1, 2, 3, 1))
          .hasMessageContaining("a cycle of 3 nodes: [1, 2, 3, 1]");
      // And nothing is left of the attempt.
      session.promote(2);
      assertThat(session.tryMarkGreen(0, NEVER)).isTrue();
    }
  }

  @Test
  void aPartialSessionKeepsTheRest() throws IOException {
    chain(100);
    try (Session session = Session.open(path, FAST)) {
      node(session, 5, 1);
      session.commit();
    }
    try (Session session = Session.open(path, FAST)) {
      assertThat(session.previous().orElseThrow().nodes()).isEqualTo(100);
      assertThat(Compactor.old(session.previous().orElseThrow(), 1)).isZero();
      assertThat(session.tryMarkGreen(99, NEVER)).isTrue();
    }
  }

  /** Against the definition: a node is computed again iff something it depends on is red. */
  @Test
  void randomGraphsAreMarkedAsByTheDefinition() throws IOException {
    for (int seed = 0; seed < Tools.count(20, 500); seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Path graph = folder.resolve("random" + seed);
      int count = 300;
      long[][] edges = new long[count][];
      try (Session session = Session.open(graph, FAST)) {
        for (int i = 0; i < count; i++) {
          edges[i] = new long[i == 0 ? 0 : random.nextInt(4)];
          for (int e = 0; e < edges[i].length; e++) {
            edges[i][e] = random.nextInt(i);
          }
          session.node(1, i, 0, 0, 0, edges[i], edges[i].length);
        }
        session.commit();
      }
      boolean[] changes = new boolean[count];
      for (int i = 0; i < count; i++) {
        changes[i] = random.nextInt(6) == 0;
      }
      // What has no edges is an input; another node's value changes only if it is computed.
      Map<Long, Boolean> red = new HashMap<>();
      Set<Long> expected = new HashSet<>();
      for (long i = 0; i < count; i++) {
        boolean below = false;
        for (long edge : edges[(int) i]) {
          below |= Boolean.TRUE.equals(red.get(edge));
        }
        boolean isInput = edges[(int) i].length == 0;
        red.put(i, (isInput || below) && changes[(int) i]);
        if (below) {
          expected.add(i);
        }
      }
      Set<Long> recomputed = new HashSet<>();
      try (Session session = Session.open(graph, FAST)) {
        Recompute recompute =
            node -> {
              recomputed.add(node);
              long[] own = edges[(int) node];
              session.node(1, node, 0, changes[(int) node] ? 1 : 0, 0, own, own.length);
              return true;
            };
        for (long i = 0; i < count; i++) {
          if (edges[(int) i].length == 0) {
            session.node(1, i, 0, changes[(int) i] ? 1 : 0, 0, edges[(int) i], 0);
          }
        }
        for (long i = count - 1L; i >= 0; i--) {
          if (!session.tryMarkGreen(i, recompute) && session.colour(i) == Colour.UNKNOWN) {
            recompute.recompute(i);
          }
        }
        for (long i = 0; i < count; i++) {
          assertThat(session.colour(i))
              .isEqualTo(Boolean.TRUE.equals(red.get(i)) ? Colour.RED : Colour.GREEN);
        }
      }
      assertThat(recomputed).isEqualTo(expected);
    }
  }

  /** Each node depends on the one before. */
  private void chain(int count) throws IOException {
    try (Session session = Session.open(path, FAST)) {
      for (int i = 0; i < count; i++) {
        node(session, i, 0);
      }
      session.complete();
    }
  }

  private static void node(Session session, long number, long value) {
    session.node(1, number, 0, value, 0, new long[] {number - 1}, number == 0 ? 0 : 1);
  }
}
