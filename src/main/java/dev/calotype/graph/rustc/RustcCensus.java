package dev.calotype.graph.rustc;

/** What a walk counted. The arrays are by kind, from kind 0; the numbers are of one whole walk. */
public final class RustcCensus {
  private final long[] nodes;
  private final long[] edges;
  private long maxDegree;
  private long forwardEdges;

  RustcCensus(int kinds) {
    nodes = new long[kinds];
    edges = new long[kinds];
  }

  private RustcCensus(RustcCensus other, int kinds) {
    this(kinds);
    System.arraycopy(other.nodes, 0, nodes, 0, kinds);
    System.arraycopy(other.edges, 0, edges, 0, kinds);
    maxDegree = other.maxDegree;
    forwardEdges = other.forwardEdges;
  }

  /** How many kinds the compiler knows, those without nodes included. */
  public int kinds() {
    return nodes.length;
  }

  /** How many nodes a kind has. */
  public long nodes(int kind) {
    return nodes[kind];
  }

  /** How many edges start at nodes of a kind. */
  public long edges(int kind) {
    return edges[kind];
  }

  /** The most edges that start at one node. */
  public long maxDegree() {
    return maxDegree;
  }

  /** How many edges lead to a higher index than their own: threads of the compiler make such. */
  public long forwardEdges() {
    return forwardEdges;
  }

  void add(int kind, int degree, int forward) {
    nodes[kind]++;
    edges[kind] += degree;
    maxDegree = Math.max(maxDegree, degree);
    forwardEdges += forward;
  }

  RustcCensus withKinds(int kinds) {
    return new RustcCensus(this, kinds);
  }
}
