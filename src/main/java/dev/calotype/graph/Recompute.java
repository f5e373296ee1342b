package dev.calotype.graph;

/** Computes a node's value anew: given by whoever knows how values are made. */
@FunctionalInterface
public interface Recompute {
  /**
   * Computes the value of a node of the graph before and records it again, with {@link
   * Session#node}, which colours it.
   *
   * @param node the node's index
   * @return false if it can't: then nothing that depends on it is marked green
   */
  boolean recompute(long node);
}
