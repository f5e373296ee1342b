package dev.calotype.cli;

import dev.calotype.graph.Graph;
import dev.calotype.graph.NodeCursor;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The nodes at most some edges away from one, in the order in which they were come to. */
final class Neighbourhood {
  private final Graph graph;
  private final int depth;
  private final int most;
  private final Set<Long> nodes = new LinkedHashSet<>();
  private boolean cut;

  /**
   * Nothing yet.
   *
   * @param depth how many edges away
   * @param most how many nodes at most, the one in the middle always included
   */
  Neighbourhood(Graph graph, int depth, int most) {
    this.graph = graph;
    this.depth = depth;
    this.most = most;
  }

  /**
   * Finds them.
   *
   * @param withDependents also against the edges: one pass over the graph for each step
   */
  void gather(long middle, boolean withDependents) {
    nodes.add(middle);
    Set<Long> ring = Set.of(middle);
    for (int i = 0; i < depth && !ring.isEmpty() && !cut; i++) {
      ring = targets(ring);
    }
    ring = Set.of(middle);
    for (int i = 0; i < depth && withDependents && !ring.isEmpty() && !cut; i++) {
      ring = dependents(ring);
    }
  }

  List<Long> nodes() {
    return new ArrayList<>(nodes);
  }

  /** Whether there would have been more. */
  boolean isCut() {
    return cut;
  }

  /** All edges of a node, also those that lead out of here. */
  long[] edges(long node) {
    long[] edges = new long[graph.edgeCount(node)];
    graph.edges(node, edges);
    return edges;
  }

  /** Prints them for Graphviz, with the edges among them. */
  void printDot(PrintWriter out) {
    out.println("digraph {");
    out.println("  node [shape=box, fontname=monospace];");
    for (long node : nodes) {
      String key = graph.key(node).toString();
      out.println(
          "  %d [label=\"%d\\nkind %d\\n%s\"];"
              .formatted(node, node, graph.kind(node), key.substring(0, 16)));
    }
    for (long node : nodes) {
      Arrays.stream(edges(node))
          .distinct()
          .filter(nodes::contains)
          .forEach(edge -> out.println("  %d -> %d;".formatted(node, edge)));
    }
    out.println("}");
  }

  private Set<Long> targets(Set<Long> ring) {
    Set<Long> next = new LinkedHashSet<>();
    for (long node : ring) {
      for (long edge : edges(node)) {
        add(edge, next);
        if (cut) {
          return next;
        }
      }
    }
    return next;
  }

  private Set<Long> dependents(Set<Long> ring) {
    Set<Long> next = new LinkedHashSet<>();
    long[] edges = new long[64];
    for (NodeCursor cursor = graph.cursor(); cursor.next() && !cut; ) {
      int count = cursor.edgeCount();
      edges = count > edges.length ? new long[count] : edges;
      cursor.edges(edges);
      for (int i = 0; i < count; i++) {
        if (ring.contains(edges[i])) {
          add(cursor.node(), next);
          break;
        }
      }
    }
    return next;
  }

  private void add(long node, Set<Long> next) {
    if (!nodes.contains(node)) {
      if (nodes.size() >= most) {
        cut = true;
      } else {
        nodes.add(node);
        next.add(node);
      }
    }
  }
}
