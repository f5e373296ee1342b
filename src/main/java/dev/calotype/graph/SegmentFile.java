package dev.calotype.graph;

import dev.calotype.publish.Publication;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A segment being written, in a temporary beside the graph. Offsets are those that it will have in
 * the graph's file.
 */
final class SegmentFile implements AutoCloseable {
  private static final int BUFFER = 1 << 18;

  private final Publication file;
  private final long start;
  private final byte[] buffer = new byte[BUFFER];
  private final CRC32C crc = new CRC32C();
  private int filled;

  private SegmentFile(Publication file, long start) {
    this.file = file;
    this.start = start;
  }

  /**
   * Starts a segment.
   *
   * @param start where it will be in the graph's file; 0 makes it a file of its own
   */
  static SegmentFile create(Path graph, long start) throws IOException {
    SegmentFile segment = new SegmentFile(Publication.beside(graph, true), start);
    if (start == 0) {
      byte[] header = FileHeader.encode();
      segment.append(header, header.length);
    }
    return segment;
  }

  long start() {
    return start;
  }

  /** Where the next byte goes. */
  long position() {
    return start + file.position() + filled;
  }

  Publication publication() {
    return file;
  }

  /** Appends bytes at the next multiple of 64 and returns where. */
  long append(byte[] bytes, int length) throws IOException {
    align();
    long offset = position();
    write(bytes, length);
    return offset;
  }

  /** Appends bytes right behind the last. */
  void write(byte[] bytes, int length) throws IOException {
    for (int from = 0; from < length; ) {
      if (filled == BUFFER) {
        flush();
      }
      int part = Math.min(BUFFER - filled, length - from);
      System.arraycopy(bytes, from, buffer, filled, part);
      filled += part;
      from += part;
    }
  }

  /** Appends zeros up to a multiple of 64. */
  void align() throws IOException {
    int zeros = (int) (Layout.align(position()) - position());
    write(new byte[zeros], zeros);
  }

  void flush() throws IOException {
    crc.update(buffer, 0, filled);
    file.write(buffer, 0, filled);
    filled = 0;
  }

  /** The checksum of all bytes so far. Flushes. */
  int crc() throws IOException {
    flush();
    return (int) crc.getValue();
  }

  /** Maps what has been flushed. */
  MemorySegment map(Arena arena) throws IOException {
    return file.map(arena);
  }

  /** Removes the temporary unless it was published. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
