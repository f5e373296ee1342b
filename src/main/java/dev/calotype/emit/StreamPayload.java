package dev.calotype.emit;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A stream that somebody else opened and will close. */
final class StreamPayload extends Payload {
  private final InputStream stream;
  private final long size;

  StreamPayload(InputStream stream, long size, String name) {
    super(name);
    this.stream = stream;
    this.size = size;
  }

  @Override
  Source open() {
    return new Reader();
  }

  private final class Reader implements Source {
    private long position;

    @Override
    public long size() {
      return size;
    }

    @Override
    public int read(byte[] buffer) throws IOException {
      int wanted = buffer.length;
      if (size != UNKNOWN) {
        wanted = (int) Math.min(wanted, size - position);
        if (wanted == 0) {
          requireEnd();
          return -1;
        }
      }
      int length = stream.readNBytes(buffer, 0, wanted);
      position += length;
      if (length > 0) {
        return length;
      }
      if (size != UNKNOWN) {
        throw new EOFException(
            "%s ends after %d of the %d bytes announced".formatted(name(), position, size));
      }
      return -1;
    }

    private void requireEnd() throws IOException {
      if (stream.read() >= 0) {
        throw new IOException("%s has more than the %d bytes announced".formatted(name(), size));
      }
    }
  }
}
