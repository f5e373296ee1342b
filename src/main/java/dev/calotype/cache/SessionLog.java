package dev.calotype.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;

/**
 * Appends to a session's own log. What an append wrote of a record before it failed, because the
 * disk was full for example, is written over by the next one.
 */
final class SessionLog {
  private final FileChannel channel;
  private int epoch;
  private long end;

  /** The log in a file that is empty; it stays so until something is appended. */
  SessionLog(FileChannel channel) {
    this.channel = channel;
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

  /** Empties it, when all of it is merged; what is appended from now on is another epoch's. */
  void restart() throws IOException {
    channel.truncate(0);
    end = 0;
    epoch++;
  }

  private long write(byte[] bytes, long at) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position());
    }
    return at + bytes.length;
  }
}
