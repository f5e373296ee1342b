package dev.calotype.graph;

import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import java.math.BigInteger;

/**
 * What a graph says, whatever its indices, its segments and its order: the sum of the digests of
 * its nodes, modulo 2²⁵⁶. Equal graphs have equal digests; it is no proof against somebody who
 * looks for another graph with the same one.
 */
final class GraphDigest {
  private static final int FIXED = 2 + 16 + 16 + 4;
  private static final int EDGE = 2 + 16;

  private GraphDigest() {}

  static byte[] of(Graph graph) {
    BigInteger sum = BigInteger.ZERO;
    long[] edges = new long[256];
    Sha256 digest = new Sha256();
    ByteWriter out = new ByteWriter(FIXED + EDGE * edges.length);
    for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
      int count = cursor.edgeCount();
      if (count > edges.length) {
        edges = new long[count];
        out = new ByteWriter(Math.addExact(FIXED, Math.multiplyExact(EDGE, count)));
      }
      cursor.edges(edges);
      out.at(0).u16(cursor.kind()).u64(cursor.keyHigh()).u64(cursor.keyLow());
      out.u64(cursor.valueHigh()).u64(cursor.valueLow()).u32(count);
      for (int i = 0; i < count; i++) {
        out.u16(graph.kind(edges[i])).u64(graph.keyHigh(edges[i])).u64(graph.keyLow(edges[i]));
      }
      sum = sum.add(new BigInteger(1, digest.add(out.array(), 0, out.position()).finish()));
    }
    byte[] all = sum.toByteArray();
    byte[] last = new byte[Sha256.SIZE];
    int length = Math.min(all.length, last.length);
    System.arraycopy(all, all.length - length, last, last.length - length, length);
    return last;
  }
}
