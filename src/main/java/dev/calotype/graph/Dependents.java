package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Who depends on a node: a graph's edges the other way round. It is made when it is asked for, in
 * two passes over all edges, and not kept in the file, where it would be half as large as the graph
 * and every session would have to change it in as many places as it has edges.
 *
 * <p>Off the heap: eight bytes for each index, and four for each edge, or eight where indices need
 * more than 31 bits. Safe for use by several threads, if the arena is.
 */
public final class Dependents {
  private final MemorySegment starts;
  private final MemorySegment sources;
  private final long limit;
  private final boolean narrow;

  Dependents(Graph graph, Arena arena) {
    limit = graph.limit();
    narrow = limit <= Integer.MAX_VALUE;
    starts = arena.allocate(8 * (limit + 2), 8);
    long[] edges = new long[256];
    // Counted two further up, then summed, then filled from one further up: no second array.
    for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
      int count = cursor.edgeCount();
      edges = count > edges.length ? new long[count] : edges;
      cursor.edges(edges);
      for (int i = 0; i < count; i++) {
        add(edges[i] + 2, 1);
      }
    }
    for (long node = 2; node < limit + 2; node++) {
      add(node, starts.getAtIndex(JAVA_LONG, node - 1));
    }
    sources = arena.allocate((narrow ? 4 : 8) * starts.getAtIndex(JAVA_LONG, limit + 1), 8);
    for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
      int count = cursor.edges(edges);
      for (int i = 0; i < count; i++) {
        long at = starts.getAtIndex(JAVA_LONG, edges[i] + 1);
        add(edges[i] + 1, 1);
        if (narrow) {
          sources.setAtIndex(JAVA_INT, at, (int) cursor.node());
        } else {
          sources.setAtIndex(JAVA_LONG, at, cursor.node());
        }
      }
    }
  }

  /**
   * How many edges lead to a node; one that depends on it twice counts twice.
   *
   * @param node from 0 to the graph's limit − 1
   */
  public long count(long node) {
    return start(node + 1) - start(node);
  }

  /**
   * One of the nodes that depend on a node, by index.
   *
   * @param i from 0 to {@link #count} − 1
   */
  public long get(long node, long i) {
    long at = start(node) + i;
    if (i < 0 || at >= start(node + 1)) {
      throw new IndexOutOfBoundsException(Long.toString(i));
    }
    return narrow ? sources.getAtIndex(JAVA_INT, at) : sources.getAtIndex(JAVA_LONG, at);
  }

  private long start(long node) {
    if (node < 0 || node > limit) {
      throw new IndexOutOfBoundsException(Long.toString(node));
    }
    return starts.getAtIndex(JAVA_LONG, node);
  }

  private void add(long at, long more) {
    starts.setAtIndex(JAVA_LONG, at, starts.getAtIndex(JAVA_LONG, at) + more);
  }
}
