package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.calotype.Durability;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes a finished segment count: as a new file, or behind the segments that are there. */
final class SegmentCommit {
  private static final int BUFFER = 1 << 18;

  private SegmentCommit() {}

  /** Publishes a file's first segment. */
  static void publish(SegmentFile segment, CommitRecord record, Durability durability)
      throws IOException {
    segment.write(record.encode(), CommitRecord.SIZE);
    segment.flush();
    segment.publication().publish(durability);
  }

  /**
   * Appends a segment, and its record last. Whatever lies behind the newest commit goes first:
   * nobody has mapped it. If it fails, the file ends where it ended.
   */
  static void append(Path graph, SegmentFile segment, CommitRecord record, Durability durability)
      throws IOException {
    try (FileChannel channel = FileChannel.open(graph, StandardOpenOption.WRITE);
        Arena arena = Arena.ofConfined()) {
      boolean whole = false;
      channel.truncate(segment.start());
      try {
        MemorySegment bytes = segment.map(arena);
        byte[] buffer = new byte[(int) Math.min(BUFFER, bytes.byteSize())];
        for (long at = 0; at < bytes.byteSize(); at += buffer.length) {
          int part = (int) Math.min(buffer.length, bytes.byteSize() - at);
          MemorySegment.copy(bytes, JAVA_BYTE, at, buffer, 0, part);
          write(channel, segment.start() + at, buffer, part);
        }
        if (durability == Durability.DURABLE) {
          channel.force(true);
        }
        write(channel, record.offset(), record.encode(), CommitRecord.SIZE);
        if (durability == Durability.DURABLE) {
          channel.force(true);
        }
        whole = true;
      } finally {
        if (!whole) {
          channel.truncate(segment.start());
        }
      }
    }
  }

  private static void write(FileChannel channel, long position, byte[] bytes, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    while (buffer.hasRemaining()) {
      channel.write(buffer, position + buffer.position());
    }
  }
}
