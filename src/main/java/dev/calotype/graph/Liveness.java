package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Endian;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Since when nodes have had no colour in complete sessions: a record for each such session, which
 * says what became uncoloured in it and what got a colour again, and leads to the one before. Heap:
 * a bit for each index while it is read or written.
 */
final class Liveness {
  private static final int HEADER = 64;
  private static final String STRUCTURE = "liveness record";

  private Liveness() {}

  /** A record's bytes, and what they say. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Entry(long session, byte[] bytes, int added, int removed) {}

  /** The nodes that had no colour in the last complete session. */
  static long[] uncoloured(Optional<Graph> graph, long limit) {
    return graph
        .map(before -> uncolouredSince(before, Long.MAX_VALUE, limit))
        .orElseGet(() -> new long[words(limit)]);
  }

  /** The nodes that have had no colour since a session no later than that one. */
  static long[] uncolouredSince(Graph graph, long session, long limit) {
    long[] bits = new long[words(limit)];
    for (Entry entry : entries(graph)) {
      if (entry.session <= session) {
        apply(graph, entry, bits, true);
      }
      apply(graph, entry, bits, false);
    }
    return bits;
  }

  /** The sessions that have a record, the oldest first. */
  static List<Long> sessions(Graph graph) {
    return entries(graph).stream().map(Entry::session).toList();
  }

  /**
   * Appends a record.
   *
   * @param previous where the one before is, 0 if there is none
   * @return where it is
   */
  static long write(SegmentFile out, long previous, long session, Runs added, Runs removed)
      throws IOException {
    int size = HEADER + added.size() + removed.size();
    ByteWriter record = new ByteWriter(size);
    record.at(4).u32(size).u64(previous).u64(session).u32(added.size()).u32(removed.size());
    record.at(HEADER).bytes(added.bytes()).bytes(removed.bytes());
    record.at(0).u32(Layout.crc(record.array(), 4, size - 4));
    return out.append(record.array(), size);
  }

  static int words(long limit) {
    return Math.toIntExact((limit >>> 6) + 1);
  }

  private static void apply(Graph graph, Entry entry, long[] bits, boolean added) {
    int from = added ? HEADER : HEADER + entry.added;
    int to = added ? HEADER + entry.added : HEADER + entry.added + entry.removed;
    if (!Runs.apply(entry.bytes, from, to, bits, graph.limit(), added)) {
      throw malformed(graph, graph.commit().liveness(), "runs outside the graph");
    }
  }

  private static List<Entry> entries(Graph graph) {
    List<Entry> entries = new ArrayList<>();
    MemorySegment mapped = graph.mapped();
    long above = mapped.byteSize();
    for (long at = graph.commit().liveness(); at != 0; ) {
      if (at >= above || at > mapped.byteSize() - HEADER || at % Layout.ALIGNMENT != 0 || at < 0) {
        throw malformed(graph, at, "out of place");
      }
      long size = Endian.u32(mapped, at + 4, true);
      long added = Endian.u32(mapped, at + 24, true);
      long removed = Endian.u32(mapped, at + 28, true);
      if (size > above - at || size != HEADER + added + removed || size > Integer.MAX_VALUE) {
        throw malformed(graph, at, "size " + size);
      }
      byte[] bytes = new byte[(int) size];
      MemorySegment.copy(mapped, JAVA_BYTE, at, bytes, 0, bytes.length);
      if (Layout.crc(bytes, 4, bytes.length - 4) != (int) Endian.u32(mapped, at, true)) {
        throw malformed(graph, at, "a wrong checksum");
      }
      long session = Endian.u64(mapped, at + 16, true);
      entries.add(new Entry(session, bytes, (int) added, (int) removed));
      above = at;
      at = Endian.u64(mapped, at + 8, true);
    }
    return entries.reversed();
  }

  private static MalformedImageException malformed(Graph graph, long at, String actual) {
    return new MalformedImageException(
        graph.path().toString(), STRUCTURE, at, actual, "a record below the one after it");
  }
}
