package dev.calotype.examples.sepia;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What tells that a file is as it was, without reading it.
 *
 * @param size in bytes
 * @param modified when it was written to, in nanoseconds
 * @param changed when it or its name was changed, which nobody can set
 * @param inode its number in the file system
 */
record FileState(long size, long modified, long changed, long inode) {
  /** Clocks of file systems may be as coarse as this. */
  private static final long COARSE = TimeUnit.SECONDS.toNanos(2);

  /** That of a file, through links. */
  static FileState of(Path file) throws IOException {
    Map<String, Object> all = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino");
    return new FileState(
        (Long) all.get("size"),
        ((FileTime) all.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS),
        ((FileTime) all.get("ctime")).to(TimeUnit.NANOSECONDS),
        (Long) all.get("ino"));
  }

  // These three are written out, as a record's own are made anew at each start.
  @Override
  public boolean equals(Object other) {
    return other instanceof FileState it
        && size == it.size
        && modified == it.modified
        && changed == it.changed
        && inode == it.inode;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(size ^ modified ^ changed ^ inode);
  }

  @Override
  public String toString() {
    return String.join(
        " ",
        Long.toString(size),
        Long.toString(modified),
        Long.toString(changed),
        Long.toString(inode));
  }

  /** Whether another edit at that moment could not have left the same times. */
  boolean isOlderThan(long now) {
    return now - changed > COARSE && now - modified > COARSE;
  }
}
