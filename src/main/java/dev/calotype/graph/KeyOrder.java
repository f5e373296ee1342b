package dev.calotype.graph;

import java.util.ArrayList;
import java.util.List;

/** Sorts nodes by the hashes of their keys, unsigned, and where these are equal by the keys. */
final class KeyOrder {
  private KeyOrder() {}

  /**
   * Sorts the first {@code count} nodes, and their hashes with them: by the upper half of the hash
   * in four passes, then the few that have the same by the rest.
   */
  static void sort(Graph graph, long[] hashes, long[] nodes, int count) {
    long[] fromHashes = hashes;
    long[] fromNodes = nodes;
    long[] toHashes = new long[count];
    long[] toNodes = new long[count];
    for (int shift = 32; shift < 64; shift += 8) {
      int[] starts = new int[257];
      for (int i = 0; i < count; i++) {
        starts[(int) (fromHashes[i] >>> shift & 0xff) + 1]++;
      }
      for (int i = 0; i < 256; i++) {
        starts[i + 1] += starts[i];
      }
      for (int i = 0; i < count; i++) {
        int to = starts[(int) (fromHashes[i] >>> shift & 0xff)]++;
        toHashes[to] = fromHashes[i];
        toNodes[to] = fromNodes[i];
      }
      long[] hash = fromHashes;
      long[] node = fromNodes;
      fromHashes = toHashes;
      fromNodes = toNodes;
      toHashes = hash;
      toNodes = node;
    }
    // An even number of passes: sorted by the upper half, where they were.
    for (int from = 0; from < count; ) {
      int to = from + 1;
      while (to < count && hashes[to] >>> 32 == hashes[from] >>> 32) {
        to++;
      }
      if (to - from > 1) {
        sortFew(graph, hashes, nodes, from, to);
      }
      from = to;
    }
  }

  private static void sortFew(Graph graph, long[] hashes, long[] nodes, int from, int to) {
    List<Entry> few = new ArrayList<>();
    for (int i = from; i < to; i++) {
      few.add(new Entry(hashes[i], nodes[i]));
    }
    few.sort((a, b) ->
        a.hash != b.hash
            ? Long.compareUnsigned(a.hash, b.hash)
            : compareKeys(graph, a.node, b.node));
    for (int i = from; i < to; i++) {
      hashes[i] = few.get(i - from).hash;
      nodes[i] = few.get(i - from).node;
    }
  }

  private static int compareKeys(Graph graph, long a, long b) {
    int kind = Integer.compare(graph.kind(a), graph.kind(b));
    return kind != 0 ? kind : graph.key(a).compareTo(graph.key(b));
  }

  private record Entry(long hash, long node) {}
}
