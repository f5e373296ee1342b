package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/** Keys of nodes drawn at random: kind and both halves of each. */
final class Keys {
  /** How many; too many for the processor's caches to have their blocks. */
  static final int COUNT = 200_000;

  final int[] kinds = new int[COUNT + 1];
  final long[] highs = new long[COUNT + 1];
  final long[] lows = new long[COUNT + 1];

  /** The same for C. */
  final MemorySegment all;

  Keys(Graph graph, Arena arena) {
    all = arena.allocate(24L * (COUNT + 1), 64);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i <= COUNT; i++) {
      long node;
      do {
        node = random.nextLong(graph.limit());
      } while (!graph.contains(node));
      kinds[i] = graph.kind(node);
      highs[i] = graph.keyHigh(node);
      lows[i] = graph.keyLow(node);
      all.setAtIndex(JAVA_LONG, 3L * i, kinds[i]);
      all.setAtIndex(JAVA_LONG, 3L * i + 1, highs[i]);
      all.setAtIndex(JAVA_LONG, 3L * i + 2, lows[i]);
    }
  }
}
