package dev.calotype.graph;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Marks a node green if everything it depends on is, going down where nobody knows yet. No
 * recursion: twelve bytes of heap for each node on the way down, and a bit for each index once it
 * goes down at all. Used by one thread at a time.
 */
final class GreenMarker {
  private final Graph graph;
  private final MemorySegment bytes;
  private final Colours colours;
  private long[] nodes = new long[64];
  private int[] positions = new int[64];
  private long[] onStack = new long[0];
  private int depth;

  GreenMarker(Graph graph, Colours colours) {
    this.graph = graph;
    this.bytes = graph.mapped();
    this.colours = colours;
  }

  /** Whether {@code start} is green now. See {@link Session#tryMarkGreen}. */
  boolean mark(long start, Recompute recompute) {
    try {
      push(start);
      while (true) {
        long node = nodes[depth - 1];
        int next = edgesFromHere(node);
        if (next == DESCEND) {
          continue;
        }
        pop();
        if (next == RED) {
          if (depth == 0 || !recompute.recompute(node)) {
            return false;
          }
          if (colours.get(node) == Colours.UNKNOWN) {
            throw new IllegalStateException("node %d was not recorded".formatted(node));
          }
        } else {
          colours.set(node, Colours.GREEN);
          if (depth == 0) {
            return colours.get(node) == Colours.GREEN;
          }
        }
      }
    } finally {
      while (depth > 0) {
        pop();
      }
    }
  }

  private static final int ALL_GREEN = 0;
  private static final int RED = 1;
  private static final int DESCEND = 2;

  /** Looks at the edges of the topmost node from where it was left. */
  private int edgesFromHere(long node) {
    long place = graph.place(node);
    if (place == Blocks.NOWHERE) {
      throw new MalformedImageException(
          graph.path().toString(), "edge", 0, "to %d".formatted(node), "to a node");
    }
    long block = Blocks.block(place);
    int ordinal = Blocks.ordinal(place);
    long cell = Blocks.cell(bytes, block, ordinal);
    int width = Blocks.width(cell);
    long edges = Blocks.edges(bytes, block);
    long end = edges + Blocks.start(Blocks.cell(bytes, block, ordinal + 1));
    long mask = Layout.mask(width);
    int position = positions[depth - 1];
    long at = edges + Blocks.start(cell) + (long) position * width;
    while (at < end) {
      long target = Endian.u64(bytes, at, true) & mask;
      int colour = colours.get(target);
      if (colour != Colours.GREEN) {
        if (colour == Colours.RED) {
          return RED;
        }
        positions[depth - 1] = position;
        push(target);
        return DESCEND;
      }
      at += width;
      position++;
    }
    return ALL_GREEN;
  }

  private void push(long node) {
    int word = (int) (node >>> 6);
    if (onStack.length == 0) {
      onStack = new long[Math.toIntExact((graph.limit() >>> 6) + 1)];
    }
    if ((onStack[word] >>> node & 1) != 0) {
      throw new GraphCycleException(graph.path().toString(), cycle(node));
    }
    onStack[word] |= 1L << node;
    if (depth == nodes.length) {
      nodes = Arrays.copyOf(nodes, 2 * depth);
      positions = Arrays.copyOf(positions, 2 * depth);
    }
    nodes[depth] = node;
    positions[depth] = 0;
    depth++;
  }

  private void pop() {
    long node = nodes[--depth];
    onStack[(int) (node >>> 6)] &= ~(1L << node);
  }

  private long[] cycle(long node) {
    int from = depth - 1;
    while (nodes[from] != node) {
      from--;
    }
    long[] path = Arrays.copyOfRange(nodes, from, depth + 1);
    path[depth - from] = node;
    return path;
  }
}
