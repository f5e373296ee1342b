package dev.calotype.graph.rustc;

import dev.calotype.MalformedImageException;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How a {@code dep-graph.bin} ends: how many nodes each kind has, the session, three totals, a
 * marker. Read backwards, since nothing says where it starts.
 *
 * <p>The kinds' counts add up to that of all nodes, which tells where they begin, except for kinds
 * without nodes at the start; of those kind 0 is always one. Bytes of the last node that are zero
 * look like more of them, so the exact start is known once the nodes have been walked.
 */
final class RustcTail {
  /** The bytes that a node has at least. */
  static final int NODE_BYTES = 38;

  private static final byte[] MARKER = "rust-end-file".getBytes(StandardCharsets.US_ASCII);
  private static final int TOTALS = 3 * Long.BYTES;
  private static final int MOST_KINDS = 1 << 13;
  private static final int MOST_NUMBER_BYTES = 5;
  private static final int MOST_SESSION_BYTES = 10;

  /**
   * Indices come in batches of 256 for each thread, and rustc starts at most 256 threads; so this
   * is plenty, and a file that claims more may not make us remember them.
   */
  private static final long MOST_HOLES = 1 << 20;

  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final byte[] bytes;
  private final long start;
  private final long[] counts = new long[MOST_KINDS];
  private final long[] offsets = new long[MOST_KINDS];
  private int found;
  private int used;
  private int at;

  final long indices;
  final long nodes;
  final long edges;
  final long sessions;
  final int kindBits;

  private RustcTail(String name, byte[] bytes, long start, long firstNode) {
    this.name = name;
    this.bytes = bytes;
    this.start = start;
    at = bytes.length - MARKER.length;
    if (at < 0 || !Arrays.equals(bytes, at, bytes.length, MARKER, 0, MARKER.length)) {
      throw malformed("end marker", at, "other bytes", "rust-end-file");
    }
    at -= TOTALS;
    if (at < 0) {
      throw malformed("totals", at, "the header", "%d bytes".formatted(TOTALS));
    }
    indices = (long) U64.get(bytes, at);
    nodes = (long) U64.get(bytes, at + Long.BYTES);
    edges = (long) U64.get(bytes, at + 2 * Long.BYTES);
    requireTotals(start + at - firstNode);
    sessions = number(MOST_SESSION_BYTES, "session count");
    readCounts();
    kindBits = kindBits();
  }

  /**
   * Reads it.
   *
   * @param firstNode where the header ends
   * @throws MalformedImageException if the marker is not there, or the numbers contradict the
   *     file's size or each other
   */
  static RustcTail read(OpenFile file, long firstNode) throws IOException {
    int most = MARKER.length + TOTALS + MOST_SESSION_BYTES + MOST_KINDS * MOST_NUMBER_BYTES;
    byte[] bytes = new byte[(int) Math.min(most, file.size() - firstNode)];
    long start = file.size() - bytes.length;
    file.readFully(start, bytes, 0, bytes.length);
    return new RustcTail(file.path().toString(), bytes, start, firstNode);
  }

  /** Where the totals are, in bytes from the start of the file: that of indices first. */
  long totalsOffset() {
    return start + bytes.length - MARKER.length - TOTALS;
  }

  /** Where the nodes end at the latest. */
  long latestEnd() {
    return offsets[used];
  }

  /** How many kinds there are at most. */
  int mostKinds() {
    return found;
  }

  /**
   * How many kinds there are, now that it is known where the nodes end.
   *
   * @throws MalformedImageException if the counts can't start there
   */
  int kinds(long end) {
    for (int kinds = used + 1; kinds <= found; kinds++) {
      if (offsets[kinds - 1] == end) {
        return kinds;
      }
    }
    throw new MalformedImageException(
        name,
        "node counts by kind",
        end,
        "a start where the nodes end",
        "one at 0x%x".formatted(latestEnd()));
  }

  /** How many nodes a kind has. */
  long count(int kind, int kinds) {
    return counts[kinds - 1 - kind];
  }

  /** Where that is said, in bytes from the start of the file. */
  long offset(int kind, int kinds) {
    return offsets[kinds - 1 - kind];
  }

  private void requireTotals(long room) {
    if (nodes < 0 || nodes > room / NODE_BYTES) {
      throw malformed(
          "node count",
          at + Long.BYTES,
          Long.toUnsignedString(nodes),
          "at most %d, which is what fits".formatted(room / NODE_BYTES));
    }
    if (indices < nodes || indices > nodes + MOST_HOLES || indices > 1L << 32) {
      throw malformed(
          "index count",
          at,
          Long.toUnsignedString(indices),
          "the %d nodes' and at most %d holes".formatted(nodes, MOST_HOLES));
    }
    if (edges < 0 || edges > room - nodes * NODE_BYTES) {
      throw malformed(
          "edge count",
          at + 2 * Long.BYTES,
          Long.toUnsignedString(edges),
          "at most %d, which is what fits".formatted(room - nodes * NODE_BYTES));
    }
  }

  /** Reads counts until they add up, and then those that are zero. */
  private void readCounts() {
    long sum = 0;
    while (sum < nodes) {
      if (found == MOST_KINDS - 1) {
        throw malformed("node counts by kind", at, "%d kinds".formatted(found), "fewer");
      }
      sum += add();
      if (sum > nodes) {
        throw malformed(
            "node counts by kind",
            at,
            "a sum of at least %d".formatted(sum),
            "the %d nodes".formatted(nodes));
      }
    }
    used = found;
    while (at > 0 && bytes[at - 1] == 0 && found < MOST_KINDS) {
      add();
    }
    if (found == used) {
      throw malformed("node counts by kind", at, "a kind 0 with nodes", "one without");
    }
  }

  private long add() {
    counts[found] = number(MOST_NUMBER_BYTES, "node counts by kind");
    offsets[found] = start + at;
    return counts[found++];
  }

  /** The bits that rustc needs for the highest kind. */
  private int kindBits() {
    int fewest = bits(used);
    if (nodes > 0 && bits(found - 1) != fewest) {
      throw malformed(
          "node counts by kind",
          at,
          "%d to %d kinds".formatted(used + 1, found),
          "kinds of one width");
    }
    return fewest;
  }

  private static int bits(int highest) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(highest);
  }

  /** The LEB128 number that ends before {@link #at}, which moves to its start. */
  private long number(int most, String structure) {
    int last = at - 1;
    if (last < 0 || bytes[last] < 0) {
      throw malformed(structure, last, "no end of a number", "one");
    }
    int first = last;
    // A number of several bytes never ends in zero, so a zero is one by itself.
    while (bytes[last] != 0 && first > 0 && bytes[first - 1] < 0) {
      first--;
    }
    if (last - first >= most) {
      throw malformed(structure, first, "%d bytes".formatted(last - first + 1), "fewer");
    }
    long value = 0;
    for (int i = last; i >= first; i--) {
      value = value << 7 | (bytes[i] & 0x7f);
    }
    at = first;
    return value;
  }

  private MalformedImageException malformed(
      String structure, int offset, String actual, String expected) {
    return new MalformedImageException(name, structure, start + offset, actual, expected);
  }
}
