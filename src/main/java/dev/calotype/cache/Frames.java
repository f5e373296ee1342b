package dev.calotype.cache;

import dev.calotype.bytes.ByteView;
import dev.calotype.bytes.ByteWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Records one after the other behind a header, of which the last may be torn: docs/store-upkeep.md,
 * "Logs".
 */
final class Frames {
  static final int HEADER_SIZE = 16;
  static final int FRAME_SIZE = 8;
  static final int MOST_PAYLOAD = 1 << 20;

  /** No log is larger, so that reading one takes little memory. */
  static final int MOST_BYTES = 16 << 20;

  private static final byte[] MAGIC = {(byte) 0x8f, 'C', 'S', 'L', '\r', '\n', 0x1a, '\n'};
  private static final String STRUCTURE = "log";

  private Frames() {}

  /** Takes the payload of a record; what it throws ends the log there. */
  interface Taker {
    void take(ByteView payload);
  }

  /**
   * How far a log was read.
   *
   * @param epoch which log of its name it is
   * @param end where its last whole record ends
   */
  record Extent(int epoch, long end) {}

  static byte[] header(int epoch) {
    return new ByteWriter(HEADER_SIZE).bytes(MAGIC).u32(epoch).u32(0).array();
  }

  static byte[] frame(byte[] payload) {
    return new ByteWriter(FRAME_SIZE + payload.length)
        .u32(payload.length)
        .u32(crc(payload))
        .bytes(payload)
        .array();
  }

  /**
   * Reads the whole records from {@code position} on, and what is behind a torn one is not there.
   *
   * @param from what was read before, of which nothing is read again if it is of the same epoch
   * @return empty if there is no log, or none of ours
   */
  static Optional<Extent> read(Path file, Optional<Extent> from, Taker taker) throws IOException {
    byte[] bytes;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      bytes = new byte[(int) Math.min(channel.size(), MOST_BYTES)];
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {}
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    ByteView view = new ByteView(MemorySegment.ofArray(bytes), file.toString());
    if (bytes.length < HEADER_SIZE || !isOurs(bytes)) {
      return Optional.empty();
    }
    int epoch = (int) view.u32(8, STRUCTURE);
    long at = HEADER_SIZE;
    if (from.isPresent() && from.get().epoch == epoch) {
      at = Math.max(at, from.get().end);
    }
    while (view.contains(at, FRAME_SIZE)) {
      long size = view.u32(at, STRUCTURE);
      if (size == 0 || size > MOST_PAYLOAD || !view.contains(at + FRAME_SIZE, size)) {
        break;
      }
      byte[] payload = view.slice(at + FRAME_SIZE, size, STRUCTURE).toArray(ValueLayout.JAVA_BYTE);
      if (crc(payload) != view.u32(at + 4, STRUCTURE)) {
        break;
      }
      taker.take(new ByteView(MemorySegment.ofArray(payload), file.toString()));
      at += FRAME_SIZE + size;
    }
    return Optional.of(new Extent(epoch, at));
  }

  private static boolean isOurs(byte[] bytes) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (bytes[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  private static long crc(byte[] payload) {
    CRC32C crc = new CRC32C();
    crc.update(payload);
    return crc.getValue();
  }
}
