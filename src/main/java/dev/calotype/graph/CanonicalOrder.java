package dev.calotype.graph;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.Endian;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The order in which a compaction numbers nodes: those that nobody depends on, by the hash of their
 * keys, each behind all it depends on, in the order of its edges; then, in the same way, what is
 * left, which are circles. It follows from what the graph says, not from how it is stored, and
 * neighbours in it are near each other in the graph.
 */
final class CanonicalOrder {
  /** Starting points that are sorted at a time. */
  private static final int MOST_STARTS = 1 << 19;

  /** Nodes that are numbered before the listener is told. */
  private static final int STEP = 1 << 10;

  private final Graph graph;
  private final MemorySegment bytes;
  private final CompactionScan scan;
  private final Numbers numbers;
  private final Numbers order;
  private final long[] numbered;
  private final long[] tops;
  private final CompactionProgress progress;

  /** The way down: nodes, where their next edges are with the width, and how many are left. */
  private long[] nodes = new long[64];

  private long[] edges = new long[64];
  private int[] left = new int[64];
  private long count;

  /** How many there were when nothing was under way, and when that was last told. */
  private long closed;

  private long told;

  /** Prepares the order of what a scan found. */
  CanonicalOrder(Graph graph, CompactionScan scan, Arena arena, CompactionProgress progress) {
    this.graph = graph;
    this.bytes = graph.mapped();
    this.scan = scan;
    this.tops = scan.tops();
    this.progress = progress;
    this.numbers = new Numbers(graph.limit(), graph.limit(), arena);
    this.order = new Numbers(graph.nodes(), graph.limit(), arena);
    this.numbered = new long[Liveness.words(graph.limit())];
  }

  /** Where a node of the graph is, as {@link Graph#place} says, but with one read. */
  long place(long node) {
    long top = tops[(int) (node >>> Layout.BLOCK_BITS)];
    return top > 0 ? Blocks.place(top, (int) node & 0xff) : Blocks.place(bytes, -top, node);
  }

  /** How many nodes there are in the order. */
  long count() {
    return count;
  }

  /** The node that gets a number. */
  long node(long number) {
    return order.get(number);
  }

  /** The number that each node gets. */
  Numbers numbers() {
    return numbers;
  }

  /** Is told how far it is, now and then. */
  interface Listener {
    /**
     * Hears of numbers.
     *
     * @param count how many there are
     * @param closed of how many nodes all that they depend on has numbers, too
     */
    void hear(long count, long closed);
  }

  void find(Listener listener) {
    from(without(scan.wanted(), scan.targets()), listener);
    from(without(scan.wanted(), numbered), listener);
    listener.hear(count, count);
  }

  private static long[] without(long[] bits, long[] others) {
    long[] left = bits.clone();
    for (int i = 0; i < left.length; i++) {
      left[i] &= ~others[i];
    }
    return left;
  }

  /** Numbers what can be reached from some nodes, a share of their hashes after the other. */
  private void from(long[] starts, Listener listener) {
    long total = 0;
    for (long word : starts) {
      total += Long.bitCount(word);
    }
    int shares = 1;
    while (total / shares > MOST_STARTS) {
      shares *= 2;
    }
    long[] hashes = new long[(int) (total / shares * 9 / 8) + 256];
    long[] sorted = hashes.clone();
    for (int share = 0; share < shares && total > 0; share++) {
      int found = 0;
      for (int word = 0; word < starts.length; word++) {
        for (long bits = starts[word]; bits != 0; bits &= bits - 1) {
          long node = 64L * word + Long.numberOfTrailingZeros(bits);
          long hash = hash(node);
          if (KeyHash.bucket(hash, shares) == share) {
            if (found == hashes.length) {
              hashes = Arrays.copyOf(hashes, 2 * found);
              sorted = Arrays.copyOf(sorted, 2 * found);
            }
            hashes[found] = node;
            sorted[found++] = hash;
          }
        }
      }
      KeyOrder.sort(graph, sorted, hashes, found);
      for (int i = 0; i < found; i++) {
        down(hashes[i], listener);
        closed = count;
        tell(listener);
      }
    }
  }

  private long hash(long node) {
    long place = place(node);
    long block = Blocks.block(place);
    long cell = Blocks.cell(bytes, block, Blocks.ordinal(place));
    return KeyHash.of(
        Blocks.kind(bytes, block, cell),
        Blocks.keyHigh(bytes, block, cell),
        Blocks.keyLow(bytes, block, cell));
  }

  /** Numbers a node behind all that it depends on. */
  private void down(long start, Listener listener) {
    if (has(numbered, start)) {
      return;
    }
    int depth = push(start, 0);
    while (depth > 0) {
      long node = nodes[depth - 1];
      long next = next(depth - 1);
      if (next >= 0) {
        depth = push(next, depth);
      } else {
        numbers.set(node, count);
        order.set(count, node);
        count++;
        depth--;
        tell(listener);
      }
    }
  }

  private void tell(Listener listener) {
    if (count - told >= STEP) {
      progress.add(CompactionProgress.Phase.ORDER, count - told);
      told = count;
      listener.hear(count, closed);
    }
  }

  /** The next node below that was not seen yet, −1 if there is none. */
  private long next(int level) {
    int width = (int) edges[level] & 7;
    long mask = Layout.mask(width);
    long at = edges[level] >>> 3;
    for (int more = left[level]; more > 0; more--) {
      long target = Endian.u64(bytes, at, true) & mask;
      at += width;
      if (!has(numbered, target)) {
        edges[level] = at << 3 | width;
        left[level] = more - 1;
        return target;
      }
    }
    return -1;
  }

  private int push(long node, int depth) {
    numbered[(int) (node >>> 6)] |= 1L << node;
    if (depth == nodes.length) {
      nodes = Arrays.copyOf(nodes, 2 * depth);
      edges = Arrays.copyOf(edges, 2 * depth);
      left = Arrays.copyOf(left, 2 * depth);
    }
    long place = place(node);
    if (place == Blocks.NOWHERE) {
      throw new MalformedImageException(
          graph.path().toString(), "edge", 0, "to %d".formatted(node), "to a node");
    }
    long block = Blocks.block(place);
    int ordinal = Blocks.ordinal(place);
    long cell = Blocks.cell(bytes, block, ordinal);
    long end = Blocks.start(Blocks.cell(bytes, block, ordinal + 1));
    int width = Blocks.width(cell);
    nodes[depth] = node;
    edges[depth] = (Blocks.edges(bytes, block) + Blocks.start(cell)) << 3 | width;
    left[depth] = Blocks.edgeCount(end - Blocks.start(cell), width);
    return depth + 1;
  }

  private static boolean has(long[] bits, long node) {
    return (bits[(int) (node >>> 6)] >>> node & 1) != 0;
  }
}
