package dev.calotype.graph;

import dev.calotype.MalformedImageException;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Finds the newest whole segment of a file: at its end nearly always, else by looking backwards.
 * Reads positionally.
 */
final class CommitFinder {
  /** How much is looked through at a time. */
  private static final int WINDOW = 1 << 20;

  /** Records with a wrong root: more than damage makes, so that nobody is kept busy with them. */
  private static final int MOST_REJECTED = 64;

  private final OpenFile file;
  private final String name;

  CommitFinder(OpenFile file) {
    this.file = file;
    this.name = file.path().toString();
  }

  /**
   * The record of the newest whole segment.
   *
   * @throws MalformedImageException if there is none
   */
  CommitRecord find() throws IOException {
    long size = file.size();
    byte[] start = new byte[(int) Math.min(size, Layout.FILE_HEADER_SIZE)];
    file.readFully(0, start, 0, start.length);
    FileHeader.check(name, start);
    Optional<CommitRecord> last = at(size - CommitRecord.SIZE);
    if (last.isPresent()) {
      return last.get();
    }
    return search(size);
  }

  private Optional<CommitRecord> at(long offset) throws IOException {
    if (offset < Layout.FILE_HEADER_SIZE || offset % Layout.ALIGNMENT != 0) {
      return Optional.empty();
    }
    byte[] bytes = new byte[CommitRecord.SIZE];
    file.readFully(offset, bytes, 0, bytes.length);
    return whole(CommitRecord.decode(bytes, 0, offset));
  }

  /** The record, if its root is right too. */
  private Optional<CommitRecord> whole(Optional<CommitRecord> found) throws IOException {
    if (found.isEmpty()) {
      return found;
    }
    CommitRecord record = found.get();
    CRC32C crc = new CRC32C();
    byte[] buffer = new byte[(int) Math.min(8 * record.leaves(), WINDOW)];
    long left = 8 * record.leaves();
    long at = record.root();
    while (left > 0) {
      int part = (int) Math.min(left, buffer.length);
      file.readFully(at, buffer, 0, part);
      crc.update(buffer, 0, part);
      at += part;
      left -= part;
    }
    return (int) crc.getValue() == record.rootCrc() ? found : Optional.empty();
  }

  private CommitRecord search(long size) throws IOException {
    // A window and what a record that starts at its end still needs.
    byte[] buffer = new byte[(int) Math.min(WINDOW, size) + CommitRecord.SIZE];
    int rejected = 0;
    for (long end = size & -Layout.ALIGNMENT; end > Layout.FILE_HEADER_SIZE; ) {
      long start = Math.max(Layout.FILE_HEADER_SIZE, end - WINDOW);
      int length = (int) Math.min(buffer.length, size - start);
      file.readFully(start, buffer, 0, length);
      for (long offset = end - Layout.ALIGNMENT; offset >= start; offset -= Layout.ALIGNMENT) {
        int at = (int) (offset - start);
        if (at + CommitRecord.SIZE <= length && CommitRecord.startsAt(buffer, at)) {
          Optional<CommitRecord> found = whole(CommitRecord.decode(buffer, at, offset));
          if (found.isPresent()) {
            return found.get();
          }
          if (++rejected == MOST_REJECTED) {
            start = 0;
            break;
          }
        }
      }
      end = start;
    }
    throw new MalformedImageException(
        name, "commit record", size, "no whole segment", "at least one");
  }
}
