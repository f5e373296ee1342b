package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.calotype.MalformedImageException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Reads all of a graph's file and says what is wrong with it. */
final class GraphVerifier {
  /** More are not listed: a zeroed file has one for each structure. */
  private static final int MOST = 1000;

  private static final int COPY = 1 << 16;

  private final Graph graph;
  private final List<GraphDamage> found = new ArrayList<>();

  GraphVerifier(Graph graph) {
    this.graph = graph;
  }

  List<GraphDamage> verify() {
    segments();
    for (KeyIndex table : graph.index()) {
      table.verify(this::add);
    }
    nodes();
    try {
      Liveness.uncoloured(Optional.of(graph), graph.limit());
    } catch (MalformedImageException e) {
      add(e);
    }
    return List.copyOf(found);
  }

  /** Whether every byte is what was committed. Asks nothing of the graph. */
  boolean isAsCommitted() {
    segments();
    return found.isEmpty();
  }

  /** Every byte, whatever it is for: each segment has a checksum. */
  private void segments() {
    byte[] copy = new byte[COPY];
    CommitRecord record = graph.commit();
    while (true) {
      CRC32C crc = new CRC32C();
      for (long at = record.segment(); at < record.offset(); ) {
        int part = (int) Math.min(copy.length, record.offset() - at);
        MemorySegment.copy(graph.mapped(), JAVA_BYTE, at, copy, 0, part);
        crc.update(copy, 0, part);
        at += part;
      }
      if ((int) crc.getValue() != record.segmentCrc()) {
        add(
            "segment",
            record.segment(),
            "checksum %08x, expected %08x".formatted((int) crc.getValue(), record.segmentCrc()));
      }
      if (record.segment() == 0) {
        return;
      }
      long before = record.segment() - CommitRecord.SIZE;
      Optional<CommitRecord> next = Optional.empty();
      if (before >= Layout.FILE_HEADER_SIZE) {
        MemorySegment.copy(graph.mapped(), JAVA_BYTE, before, copy, 0, CommitRecord.SIZE);
        next = CommitRecord.decode(copy, 0, before);
      }
      if (next.isEmpty()) {
        add("commit record", before, "no record where one segment ends and the next starts");
        return;
      }
      record = next.get();
    }
  }

  private void nodes() {
    long nodes = 0;
    long edges = 0;
    boolean whole = true;
    long[] into = new long[256];
    for (long range = 0; range < graph.commit().blocks(); range++) {
      try {
        long first = range << Layout.BLOCK_BITS;
        long end = Math.min(first + Layout.BLOCK_NODES, graph.limit());
        for (long node = first; node < end; node++) {
          if (graph.contains(node)) {
            nodes++;
            int count = graph.edgeCount(node);
            edges += count;
            into = count > into.length ? new long[count] : into;
            check(node, into, graph.edges(node, into));
          }
        }
      } catch (MalformedImageException e) {
        whole = false;
        add(e);
      }
    }
    if (whole && (nodes != graph.nodes() || edges != graph.edges())) {
      add(
          "commit record",
          graph.commit().offset(),
          "%d nodes and %d edges, found %d and %d"
              .formatted(graph.nodes(), graph.edges(), nodes, edges));
    }
  }

  private void check(long node, long[] edges, int count) {
    long place = Blocks.block(graph.place(node));
    long found = graph.find(graph.kind(node), graph.keyHigh(node), graph.keyLow(node));
    if (found != node) {
      add("index", place, "node %d is found as %d".formatted(node, found));
    }
    for (int i = 0; i < count; i++) {
      if (!graph.contains(edges[i])) {
        add("block", place, "an edge of node %d to %d, which is none".formatted(node, edges[i]));
      }
    }
  }

  private void add(MalformedImageException e) {
    add(e.structure(), e.offset(), "%s, expected %s".formatted(e.actual(), e.expected()));
  }

  private void add(String structure, long offset, String text) {
    if (found.size() < MOST) {
      found.add(new GraphDamage(structure, offset, text));
    }
  }
}
