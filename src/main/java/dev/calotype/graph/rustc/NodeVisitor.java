package dev.calotype.graph.rustc;

import java.io.IOException;

/** Is told each node of a rustc graph, in the order of the file. */
public interface NodeVisitor {
  /**
   * One node.
   *
   * @param index its index, 0 to {@link RustcGraphFile#indices()} − 1; no two nodes have the same
   * @param kind its kind, 1 to {@link RustcCensus#kinds()} − 1
   * @param keyHigh the first eight bytes of the key's fingerprint, as a little-endian number
   * @param keyLow the other eight
   * @param valueHigh the first eight bytes of the value's fingerprint
   * @param valueLow the other eight
   * @param edges the indices of what it depends on, valid until this returns
   * @param count how many of {@code edges} are this node's
   */
  void node(
      long index,
      int kind,
      long keyHigh,
      long keyLow,
      long valueHigh,
      long valueLow,
      long[] edges,
      int count)
      throws IOException;
}
