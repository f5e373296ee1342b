package dev.calotype.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A {@code dep-graph.bin} made by hand: as rustc 1.95 writes it, or as it never would. */
public final class RustcBytes {
  /** How many kinds 1.95.0 has. */
  public static final int KINDS = 327;

  /** What it calls itself. */
  public static final String VERSION = "1.95.0 (59807616e 2026-04-14)";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final long[] counts;
  private final int kindBits;
  private final List<int[]> parts = new ArrayList<>();
  private long nodes;
  private long edges;
  private long indices;

  private RustcBytes(String version, int kinds) {
    counts = new long[kinds];
    kindBits = Integer.SIZE - Integer.numberOfLeadingZeros(kinds - 1);
    out.writeBytes("RSIC\0\0".getBytes(StandardCharsets.US_ASCII));
    out.write(version.length());
    out.writeBytes(version.getBytes(StandardCharsets.US_ASCII));
    fixed(0x0123456789abcdefL, 8);
  }

  /** The start of a file. */
  public static RustcBytes of(String version, int kinds) {
    return new RustcBytes(version, kinds);
  }

  /** The same as 1.95.0 has it. */
  public static RustcBytes standard() {
    return of(VERSION, KINDS);
  }

  /** Adds a node whose fingerprints are made of its index. */
  public RustcBytes node(int kind, long index, long... targets) {
    long highest = 0;
    for (long target : targets) {
      highest = Math.max(highest, target);
    }
    int width = 1;
    while (highest >>> (8 * width) != 0) {
      width++;
    }
    return wide(kind, index, width, targets);
  }

  /** The same with the width of its edges. */
  public RustcBytes wide(int kind, long index, int width, long... targets) {
    int most = (1 << (14 - kindBits)) - 2;
    int length = targets.length > most ? 0 : targets.length + 1;
    part(2);
    fixed(kind | (width - 1) << kindBits | length << (kindBits + 2), 2);
    part(4);
    fixed(index, 4);
    part(-32);
    for (long half = 1; half <= 4; half++) {
      fixed((index + 1) * 0x9e3779b97f4a7c15L * half, 8);
    }
    if (length == 0) {
      leb(targets.length);
    }
    for (long target : targets) {
      part(width);
      fixed(target, width);
    }
    if (kind < counts.length) {
      counts[kind]++;
    }
    nodes++;
    edges += targets.length;
    indices = Math.max(indices, index + 1);
    return this;
  }

  /** Where nodes end, as long as none is added. */
  public int size() {
    return out.size();
  }

  /** The file, with the totals as they are. */
  public byte[] finish() {
    return finish(indices, nodes, edges);
  }

  /** The file, with the totals given. */
  public byte[] finish(long indexTotal, long nodeTotal, long edgeTotal) {
    for (long count : counts) {
      leb(count);
    }
    leb(3);
    fixed(indexTotal, 8);
    fixed(nodeTotal, 8);
    fixed(edgeTotal, 8);
    out.writeBytes("rust-end-file".getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** Where the fingerprints are, which say nothing about the rest: each offset and end. */
  public List<int[]> fingerprints() {
    return parts.stream()
        .filter(part -> part[1] < 0)
        .map(part -> new int[] {part[0], part[0] - part[1]})
        .toList();
  }

  /** Whether a byte belongs to an edge of one byte. */
  public boolean isEdge(int offset) {
    return parts.stream().anyMatch(part -> part[0] == offset && part[1] == 1);
  }

  private void part(int size) {
    parts.add(new int[] {out.size(), size});
  }

  private void fixed(long value, int size) {
    for (int i = 0; i < size; i++) {
      out.write((int) (value >>> (8 * i)));
    }
  }

  private void leb(long value) {
    long rest = value;
    for (; rest >= 0x80; rest >>>= 7) {
      out.write(((int) rest & 0x7f) | 0x80);
    }
    out.write((int) rest);
  }
}
