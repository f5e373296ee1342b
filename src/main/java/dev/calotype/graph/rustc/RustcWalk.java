package dev.calotype.graph.rustc;

import dev.calotype.MalformedImageException;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.function.LongConsumer;

/** One walk over all nodes of a file. */
final class RustcWalk {
  private static final int WIDTH_BITS = 2;
  private static final int HEAD_BITS = Short.SIZE;
  private static final int MOST_COUNT_BYTES = 5;
  private static final long BETWEEN_PROGRESS = 1 << 20;

  private final OpenFile file;
  private final long first;
  private final RustcTail tail;
  private final FileWindow window;
  private final RustcCensus census;
  private final IndexSet seen;
  private final boolean hasHoles;
  private final IndexSet targets;
  private final int inline;
  private long[] edges = new long[64];
  private long highest = -1;

  RustcWalk(OpenFile file, long first, RustcTail tail) {
    this.file = file;
    this.first = first;
    this.tail = tail;
    window = new FileWindow(file, first, tail.latestEnd());
    census = new RustcCensus(tail.mostKinds());
    seen = new IndexSet(tail.indices);
    hasHoles = tail.nodes < tail.indices;
    targets = new IndexSet(hasHoles ? tail.indices : 0);
    // The highest value of the bits that are left stands for one edge less; 0 for a count apart.
    inline = (1 << (HEAD_BITS - WIDTH_BITS - tail.kindBits)) - 2;
  }

  RustcCensus run(NodeVisitor visitor, LongConsumer progress) throws IOException {
    long told = first;
    for (long number = 0; number < tail.nodes; number++) {
      node(number, visitor);
      if (window.position() - told >= BETWEEN_PROGRESS) {
        progress.accept(window.position() - told);
        told = window.position();
      }
    }
    int kinds = tail.kinds(window.position());
    compare(kinds);
    if (hasHoles && targets.without(seen) >= 0) {
      throw edgeToHole();
    }
    progress.accept(file.size() - told);
    return census.withKinds(kinds);
  }

  private void node(long number, NodeVisitor visitor) throws IOException {
    window.need(RustcTail.NODE_BYTES, "node", number);
    long at = window.position();
    int head = window.u16();
    int kind = head & ((1 << tail.kindBits) - 1);
    int width = (head >>> tail.kindBits & 3) + 1;
    int inlined = head >>> (tail.kindBits + WIDTH_BITS);
    long index = window.u32();
    if (kind == 0 || kind >= tail.mostKinds()) {
      throw malformed("kind of node", number, at, kind, "1 to %d".formatted(tail.mostKinds() - 1));
    }
    if (index >= tail.indices) {
      throw malformed("index of node", number, at + 2, index, "less than " + tail.indices);
    }
    if (!seen.add(index)) {
      throw malformed("index of node", number, at + 2, index, "one of its own");
    }
    highest = Math.max(highest, index);
    long keyHigh = window.u64();
    long keyLow = window.u64();
    long valueHigh = window.u64();
    long valueLow = window.u64();
    int count = inlined == 0 ? spilledCount(number) : inlined - 1;
    int forward = edges(number, index, at, width, count);
    census.add(kind, count, forward);
    visitor.node(index, kind, keyHigh, keyLow, valueHigh, valueLow, edges, count);
  }

  private int spilledCount(long number) throws IOException {
    long at = window.position();
    long count = 0;
    int shift = 0;
    int one;
    do {
      window.need(1, "edge count of node", number);
      one = window.u8();
      count |= (long) (one & 0x7f) << shift;
      shift += 7;
    } while (one >= 0x80 && shift < MOST_COUNT_BYTES * 7);
    if (one >= 0x80 || (one == 0 && shift > 7)) {
      throw malformed("edge count of node", number, at, one, "the end of a LEB128 number");
    }
    // No node depends on another twice, so there can't be more. This is what bounds the array.
    long most = Math.min(tail.indices, Math.min(window.left(), Integer.MAX_VALUE - 8));
    if (count <= inline || count > most) {
      throw malformed(
          "edge count of node", number, at, count, "%d to %d".formatted(inline + 1, most));
    }
    return (int) count;
  }

  /** Reads the edges, and returns how many lead to a higher index than their own. */
  private int edges(long number, long index, long record, int width, int count) throws IOException {
    long at = window.position();
    if ((long) count * width > window.left()) {
      throw malformed(
          "edges of node", number, at, count, "at most %d bytes".formatted(window.left()));
    }
    if (edges.length < count) {
      edges = new long[Math.max(count, (int) Math.min(2L * edges.length, tail.indices))];
    }
    for (int have = 0; have < count; ) {
      if (window.buffered() < width) {
        window.fill();
      }
      int some = Math.min(count - have, window.buffered() / width);
      window.numbers(width, edges, have, some);
      have += some;
    }
    long farthest = 0;
    int forward = 0;
    boolean onItself = false;
    for (int i = 0; i < count; i++) {
      farthest = Math.max(farthest, edges[i]);
      forward += edges[i] > index ? 1 : 0;
      onItself |= edges[i] == index;
    }
    if (farthest >= tail.indices || onItself) {
      throw wrongEdge(number, index, at, width, count);
    }
    if (width != width(farthest)) {
      throw malformed("edge width of node", number, record, width, width(farthest) + " bytes");
    }
    if (hasHoles) {
      for (int i = 0; i < count; i++) {
        targets.add(edges[i]);
      }
    }
    return forward;
  }

  /** The bytes that rustc gives to each of a node's edges, by the highest. */
  private static int width(long highest) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(highest) + 7) / Byte.SIZE);
  }

  private MalformedImageException wrongEdge(
      long number, long index, long at, int width, int count) {
    int wrong = 0;
    while (wrong < count && edges[wrong] < tail.indices && edges[wrong] != index) {
      wrong++;
    }
    return malformed(
        "edge %d of node".formatted(wrong),
        number,
        at + (long) wrong * width,
        edges[wrong],
        "the index of another node, less than " + tail.indices);
  }

  /** Compares what was counted with what the file says. */
  private void compare(int kinds) {
    long all = 0;
    for (int kind = 0; kind < tail.mostKinds(); kind++) {
      all += census.edges(kind);
      long expected = kind < kinds ? tail.count(kind, kinds) : 0;
      if (census.nodes(kind) != expected) {
        throw window.malformed(
            "node count of kind " + kind,
            tail.offset(Math.min(kind, kinds - 1), kinds),
            Long.toString(expected),
            "%d, as there are".formatted(census.nodes(kind)));
      }
    }
    if (highest != tail.indices - 1) {
      throw window.malformed(
          "index count",
          tail.totalsOffset(),
          Long.toString(tail.indices),
          "one more than the highest, %d".formatted(highest));
    }
    if (all != tail.edges) {
      throw window.malformed(
          "edge count",
          tail.totalsOffset() + 2 * Long.BYTES,
          Long.toString(tail.edges),
          "%d, as there are".formatted(all));
    }
  }

  /** Which edge leads to an index that no node has: found by walking again. */
  private MalformedImageException edgeToHole() throws IOException {
    FileWindow again = new FileWindow(file, first, tail.latestEnd());
    for (long number = 0; number < tail.nodes; number++) {
      again.need(RustcTail.NODE_BYTES, "node", number);
      int head = again.u16();
      int width = (head >>> tail.kindBits & 3) + 1;
      int count = (head >>> (tail.kindBits + WIDTH_BITS)) - 1;
      again.skip(RustcTail.NODE_BYTES - 2);
      if (count < 0) {
        count = 0;
        int one = 0x80;
        for (int shift = 0; one >= 0x80; shift += 7) {
          again.need(1, "edge count of node", number);
          one = again.u8();
          count |= (one & 0x7f) << shift;
        }
      }
      for (int i = 0; i < count; i++) {
        again.need(width, "edges of node", number);
        long at = again.position();
        again.numbers(width, edges, 0, 1);
        if (!seen.has(edges[0])) {
          return malformed("edge %d of node".formatted(i), number, at, edges[0], "a node's index");
        }
      }
    }
    return window.malformed("edges", first, "one to no node", "edges between nodes");
  }

  private MalformedImageException malformed(
      String structure, long number, long at, long actual, String expected) {
    return window.malformed(
        "%s %d".formatted(structure, number), at, Long.toString(actual), expected);
  }
}
