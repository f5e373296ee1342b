package dev.calotype.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What a look at every node of a graph counted.
 *
 * @param nodes how many nodes there are
 * @param edges how many edges they have
 * @param holes how many indices below the largest have no node
 * @param maxDegree the most nodes that one depends on
 * @param forwardEdges how many edges lead to a higher index than that of the node that has them
 * @param kinds the kinds that have nodes, in ascending order
 */
public record GraphCensus(
    long nodes, long edges, long holes, long maxDegree, long forwardEdges, List<KindCount> kinds) {

  /**
   * What there is of one kind.
   *
   * @param kind the kind, 0 to 65,535
   * @param nodes how many nodes are of it
   * @param edges how many edges these have
   */
  public record KindCount(int kind, long nodes, long edges) {}

  /** Copies the list. */
  public GraphCensus {
    kinds = List.copyOf(kinds);
  }

  /**
   * Counts a graph, in one pass over it.
   *
   * @param progress is told how many nodes more have been counted
   * @throws dev.calotype.MalformedImageException if a block that is needed is damaged
   * @throws dev.calotype.FileChangedException if the file shrank meanwhile
   */
  public static GraphCensus of(Graph graph, LongConsumer progress) throws IOException {
    return graph.whileWhole(() -> {
      Counter counter = new Counter();
      long told = 0;
      for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
        int count = cursor.edgeCount();
        counter.makeRoom(count);
        cursor.edges(counter.targets);
        counter.add(cursor.node(), cursor.kind(), count);
        if ((counter.nodes & Counter.BETWEEN_PROGRESS) == 0) {
          progress.accept(counter.nodes - told);
          told = counter.nodes;
        }
      }
      progress.accept(counter.nodes - told);
      return counter.census(graph.holes());
    });
  }

  private static final class Counter {
    static final long BETWEEN_PROGRESS = (1 << 16) - 1;

    long[] targets = new long[64];
    long nodes;
    private long edges;
    private long maxDegree;
    private long forwardEdges;
    private long[] nodesByKind = new long[64];
    private long[] edgesByKind = new long[64];

    /** A block was verified before its counts are used, so they are true. */
    void makeRoom(int count) {
      if (count > targets.length) {
        targets = new long[Math.max(count, 2 * targets.length)];
      }
    }

    void add(long node, int kind, int count) {
      if (kind >= nodesByKind.length) {
        int size = Math.max(kind + 1, 2 * nodesByKind.length);
        nodesByKind = Arrays.copyOf(nodesByKind, size);
        edgesByKind = Arrays.copyOf(edgesByKind, size);
      }
      nodes++;
      edges += count;
      nodesByKind[kind]++;
      edgesByKind[kind] += count;
      maxDegree = Math.max(maxDegree, count);
      for (int i = 0; i < count; i++) {
        forwardEdges += targets[i] > node ? 1 : 0;
      }
    }

    GraphCensus census(long holes) {
      List<KindCount> kinds = new ArrayList<>();
      for (int kind = 0; kind < nodesByKind.length; kind++) {
        if (nodesByKind[kind] > 0) {
          kinds.add(new KindCount(kind, nodesByKind[kind], edgesByKind[kind]));
        }
      }
      return new GraphCensus(nodes, edges, holes, maxDegree, forwardEdges, kinds);
    }
  }
}
