package dev.calotype.emit;

import dev.calotype.FileChangedException;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.nio.file.Path;

/** A file, read by position. */
final class FilePayload extends Payload {
  private final Path path;

  FilePayload(Path path) {
    super(path.toString());
    this.path = path;
  }

  @Override
  Source open() throws IOException {
    OpenFile file = OpenFile.open(path);
    return new Reader(file, 0, file.size());
  }

  /** Reads a range of an open file, which it owns. */
  static final class Reader implements Source {
    private final OpenFile file;
    private final long size;
    private long position;
    private long left;

    Reader(OpenFile file, long position, long size) {
      this.file = file;
      this.position = position;
      this.size = size;
      this.left = size;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public int read(byte[] buffer) throws IOException {
      if (left == 0) {
        return -1;
      }
      int wanted = (int) Math.min(left, buffer.length);
      int length = file.readAvailable(position, buffer, 0, wanted);
      if (length < wanted) {
        file.requireWhole();
        throw new FileChangedException(file.path().toString(), "shrank and grew again");
      }
      position += length;
      left -= length;
      return length;
    }

    @Override
    public void requireUnchanged() throws IOException {
      file.requireUnchanged();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
