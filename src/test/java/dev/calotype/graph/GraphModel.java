package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** What a graph should hold, in plain collections. */
final class GraphModel {
  /**
   * A node.
   *
   * @param edges indices
   */
  record Node(int kind, Fingerprint key, Fingerprint value, List<Long> edges) {}

  final Map<Long, Node> nodes = new LinkedHashMap<>();

  /** Records a node into both. */
  long record(Session session, int kind, Fingerprint key, Fingerprint value, List<Long> edges) {
    long[] targets = edges.stream().mapToLong(Long::longValue).toArray();
    long node =
        session.node(
            kind, key.high(), key.low(), value.high(), value.low(), targets, targets.length);
    synchronized (nodes) {
      Node before = nodes.put(node, new Node(kind, key, value, edges));
      assertThat(before == null || before.key.equals(key)).as("index %d", node).isTrue();
    }
    return node;
  }

  /** A node with a key that no other has, with up to {@code most} edges to nodes there are. */
  long recordRandom(Session session, SplittableRandom random, long key, int most) {
    int kind = random.nextInt(300);
    // As in rustc's files: most keys share a prefix, and few values differ.
    long high = random.nextInt(10) == 0 ? random.nextLong() : 0x1122334455667788L;
    return record(
        session,
        kind,
        new Fingerprint(high, key * 0x9e3779b97f4a7c15L),
        new Fingerprint(random.nextInt(20), random.nextInt(3)),
        randomEdges(random, most));
  }

  List<Long> randomEdges(SplittableRandom random, int most) {
    List<Long> there;
    synchronized (nodes) {
      there = new ArrayList<>(nodes.keySet());
    }
    List<Long> edges = new ArrayList<>();
    for (int i = random.nextInt(most + 1); i > 0 && !there.isEmpty(); i--) {
      edges.add(there.get(random.nextInt(there.size())));
    }
    return edges;
  }

  /** A node that was recorded. */
  Node node(long index) {
    return Objects.requireNonNull(nodes.get(index));
  }

  /** Whether a graph says the same, by whatever way it is asked. */
  boolean isSameAs(Graph graph) {
    boolean same = graph.nodes() == nodes.size();
    long[] into = new long[1 << 12];
    int seen = 0;
    for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
      Node node = nodes.get(cursor.node());
      int count = cursor.edges(into);
      same &=
          node != null
              && node.kind == cursor.kind()
              && node.key.equals(graph.key(cursor.node()))
              && node.value.equals(graph.value(cursor.node()))
              && node.edges.equals(
                  Arrays.stream(into, 0, Math.min(count, into.length)).boxed().toList());
      seen++;
    }
    for (Map.Entry<Long, Node> entry : nodes.entrySet()) {
      Fingerprint key = entry.getValue().key;
      same &= graph.find(entry.getValue().kind, key.high(), key.low()) == entry.getKey();
    }
    return same && seen == nodes.size();
  }

  /** Compares all that a graph says with this. */
  void check(Graph graph) {
    assertThat(graph.nodes()).isEqualTo(nodes.size());
    assertThat(graph.edges())
        .isEqualTo(nodes.values().stream().mapToLong(n -> n.edges.size()).sum());
    Map<Long, Node> seen = new LinkedHashMap<>();
    long[] into = new long[1 << 12];
    for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
      Fingerprint key = new Fingerprint(cursor.keyHigh(), cursor.keyLow());
      Fingerprint value = new Fingerprint(cursor.valueHigh(), cursor.valueLow());
      List<Long> edges = new ArrayList<>();
      int count = cursor.edges(into);
      assertThat(count).isEqualTo(cursor.edgeCount());
      for (int i = 0; i < count; i++) {
        edges.add(into[i]);
      }
      seen.put(cursor.node(), new Node(cursor.kind(), key, value, edges));
    }
    assertThat(seen).isEqualTo(nodes);
    nodes.forEach((index, node) -> {
      assertThat(graph.find(node.kind, node.key.high(), node.key.low())).isEqualTo(index);
      assertThat(graph.find(node.kind + 1000, node.key.high(), node.key.low()))
          .isEqualTo(Graph.NONE);
      assertThat(graph.contains(index)).isTrue();
      assertThat(graph.kind(index)).isEqualTo(node.kind);
      assertThat(graph.key(index)).isEqualTo(node.key);
      assertThat(graph.value(index)).isEqualTo(node.value);
      assertThat(graph.edgeCount(index)).isEqualTo(node.edges.size());
      for (int i = 0; i < node.edges.size(); i++) {
        assertThat(graph.edge(index, i)).isEqualTo(node.edges.get(i));
      }
    });
  }
}
