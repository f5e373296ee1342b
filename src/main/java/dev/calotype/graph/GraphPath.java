package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Why one node depends on another: the shortest way along edges, found breadth first. Of ways of
 * the same length it is the one whose edges were recorded first.
 */
public final class GraphPath {
  private GraphPath() {}

  /**
   * Finds one.
   *
   * <p>Memory is 16 bytes off the heap for each node that is reached, and a bit for it or its
   * neighbours. Time is that of looking at the edges of each.
   *
   * @param from the node that depends
   * @param to the node it depends on
   * @param progress is told how many nodes more have been looked at
   * @return the nodes from the one to the other, both included; empty if there is no way
   * @throws java.util.NoSuchElementException if there is no such node
   * @throws dev.calotype.FileChangedException if the file shrank meanwhile
   */
  public static long[] find(Graph graph, long from, long to, LongConsumer progress)
      throws IOException {
    graph.kind(from);
    graph.kind(to);
    try (Arena arena = Arena.ofConfined()) {
      return graph.whileWhole(() -> new Search(graph, arena).run(from, to, progress));
    }
  }

  /** Nodes in the order in which they were reached, each with the place of the one before it. */
  private static final class Search {
    private static final int CHUNK_BITS = 16;
    private static final int PAGE_BITS = 15;
    private static final long BETWEEN_PROGRESS = (1 << 12) - 1;

    private final Graph graph;
    private final Arena arena;
    private final List<MemorySegment> chunks = new ArrayList<>();
    private final Map<Long, long[]> seen = new HashMap<>();
    private long reached;

    Search(Graph graph, Arena arena) {
      this.graph = graph;
      this.arena = arena;
    }

    long[] run(long from, long to, LongConsumer progress) {
      reach(from, -1);
      long[] edges = new long[64];
      for (long at = 0; at < reached; at++) {
        long node = node(at);
        if (node == to) {
          return path(at);
        }
        int count = graph.edges(node, edges);
        if (count > edges.length) {
          edges = new long[Math.max(count, 2 * edges.length)];
          count = graph.edges(node, edges);
        }
        for (int i = 0; i < count; i++) {
          reach(edges[i], at);
        }
        if ((at & BETWEEN_PROGRESS) == BETWEEN_PROGRESS) {
          progress.accept(BETWEEN_PROGRESS + 1);
        }
      }
      return new long[0];
    }

    private void reach(long node, long before) {
      long[] page = seen.computeIfAbsent(node >>> PAGE_BITS, _ -> new long[1 << (PAGE_BITS - 6)]);
      int word = (int) (node >>> 6) & ((1 << (PAGE_BITS - 6)) - 1);
      if ((page[word] >>> node & 1) != 0) {
        return;
      }
      page[word] |= 1L << node;
      if (reached >>> CHUNK_BITS == chunks.size()) {
        chunks.add(arena.allocate(16L << CHUNK_BITS, 8));
      }
      MemorySegment chunk = chunks.get((int) (reached >>> CHUNK_BITS));
      chunk.setAtIndex(JAVA_LONG, 2 * inChunk(reached), node);
      chunk.setAtIndex(JAVA_LONG, 2 * inChunk(reached) + 1, before);
      reached++;
    }

    private long[] path(long last) {
      int length = 0;
      for (long at = last; at >= 0; at = before(at)) {
        length++;
      }
      long[] path = new long[length];
      for (long at = last; at >= 0; at = before(at)) {
        path[--length] = node(at);
      }
      return path;
    }

    private long node(long at) {
      return chunks.get((int) (at >>> CHUNK_BITS)).getAtIndex(JAVA_LONG, 2 * inChunk(at));
    }

    private long before(long at) {
      return chunks.get((int) (at >>> CHUNK_BITS)).getAtIndex(JAVA_LONG, 2 * inChunk(at) + 1);
    }

    private static long inChunk(long at) {
      return at & ((1 << CHUNK_BITS) - 1);
    }
  }
}
