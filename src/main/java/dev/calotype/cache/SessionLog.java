package dev.calotype.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Appends to a session's own log. What an append wrote of a record before it failed, because the
 * disk was full for example, is written over by the next one.
 */
final class SessionLog implements AutoCloseable {
  private final FileChannel channel;
  private final int epoch;
  private long end;

  private SessionLog(FileChannel channel, int epoch) {
    this.channel = channel;
    this.epoch = epoch;
  }

  /** Opens the log of a session that has none yet; an empty file stays empty. */
  static SessionLog open(Path file) throws IOException {
    return new SessionLog(channel(file), 0);
  }

  /** Goes on in a file that takes this log's place. */
  SessionLog continueIn(Path file) throws IOException {
    return new SessionLog(channel(file), epoch + 1);
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  }

  /** How many bytes it has. */
  long size() {
    return end;
  }

  /** Appends all of these records or, if that fails, none. */
  void append(List<byte[]> records) throws IOException {
    long at = end;
    if (at == 0) {
      at = write(Frames.header(epoch), at);
    }
    for (byte[] record : records) {
      at = write(Frames.frame(record), at);
    }
    end = at;
  }

  /** Writes the header alone, so that readers see that it is another log. */
  void begin() throws IOException {
    append(List.of());
  }

  private long write(byte[] bytes, long at) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position());
    }
    return at + bytes.length;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
