package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking up many keys with one call. */
class KeyBatchTest {
  private static final SessionOptions FAST =
      SessionOptions.standard().withDurability(Durability.FAST);
  private static final int KEYS = 5000;

  @TempDir Path folder;

  private final int[] kinds = new int[KEYS];
  private final long[] highs = new long[KEYS];
  private final long[] lows = new long[KEYS];
  private final long[] nodes = new long[KEYS];

  @Test
  void manyKeysAreFoundTogetherAsTheyAreAlone() throws IOException {
    Path path = folder.resolve("deps.graph");
    // Several tables, blocks that are not full, blocks on others, and keys that nobody has.
    record(path, 0, 3000);
    record(path, 3000, 3500);
    record(path, 100, 140);
    record(path, 3500, 3507);
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.index().size()).isGreaterThan(1);
      for (int i = 0; i < KEYS; i++) {
        key((i * 7) % KEYS, i);
      }
      // Twice: at first nothing has been verified.
      for (int round = 0; round < 2; round++) {
        graph.findAll(kinds, highs, lows, nodes);
        for (int i = 0; i < KEYS; i++) {
          long expected = (i * 7) % KEYS < 3507 ? (i * 7) % KEYS : Graph.NONE;
          assertThat(nodes[i]).isEqualTo(expected);
          assertThat(graph.find(kinds[i], highs[i], lows[i])).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void anotherKindOrHalfOfAKeyIsAnotherNode() throws IOException {
    Path path = folder.resolve("deps.graph");
    record(path, 0, 1000);
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      for (int i = 0; i < KEYS; i++) {
        key(i % 1000, i);
        kinds[i] += i % 4 == 1 ? 1 : 0;
        highs[i] += i % 4 == 2 ? 1 : 0;
        lows[i] += i % 4 == 3 ? 1L << 40 : 0;
      }
      graph.findAll(kinds, highs, lows, nodes);
      for (int i = 0; i < KEYS; i++) {
        assertThat(nodes[i]).isEqualTo(i % 4 == 0 ? i % 1000 : Graph.NONE);
      }
    }
  }

  @Test
  void anEmptyGraphHasNoneAndTooFewKeysAreTheCallersMistake() throws IOException {
    Path path = folder.resolve("deps.graph");
    record(path, 0, 0);
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      graph.findAll(kinds, highs, lows, nodes);
      assertThat(nodes).containsOnly(Graph.NONE);
      assertThatThrownBy(() -> graph.findAll(new int[1], highs, lows, nodes))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private void key(int number, int at) {
    kinds[at] = 10 * (number % 11);
    highs[at] = number % 3;
    lows[at] = number;
  }

  private static void record(Path path, int first, int end) throws IOException {
    try (Session session = Session.open(path, FAST)) {
      boolean again = session.previous().map(graph -> graph.limit() > first).orElse(false);
      for (int i = first; i < end; i++) {
        session.node(10 * (i % 11), i % 3, i, again ? 1 : 0, 0, new long[0], 0);
      }
      session.commit();
    }
  }
}
