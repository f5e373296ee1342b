package dev.calotype.ji;

import dev.calotype.os.FileStat;
import dev.calotype.os.NativeAccess;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What tells a file from others, and from itself at another time, without reading it. Links are
 * followed.
 *
 * @param kind what it is; {@link Input.Kind#MISSING} for what is neither file nor folder
 * @param size its size in bytes
 * @param modified when its content changed last, in nanoseconds since 1970
 * @param changed when anything of it changed last, which nobody can set; 0 where there is no such
 *     time
 * @param inode its number on its device, 0 where there is none
 */
record Stat(Input.Kind kind, long size, long modified, long changed, long inode) {
  /** The bits of a mode that say what it is, and two of the answers (POSIX, sys/stat.h). */
  private static final int TYPE = 0xf000;

  private static final int FILE = 0x8000;
  private static final int FOLDER = 0x4000;

  private static final boolean UNIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");

  /**
   * Looks.
   *
   * @throws java.nio.file.NoSuchFileException if there is nothing
   */
  static Stat of(Path file) throws IOException {
    if (NativeAccess.pays()) {
      FileStat facts = FileStat.ofThread();
      if (facts.look(file)) {
        return new Stat(
            kind(facts.isFile(), facts.isFolder()),
            facts.size(),
            facts.modified(),
            facts.changed(),
            facts.inode());
      }
    }
    return ofJava(file);
  }

  /** The same without native calls. */
  static Stat ofJava(Path file) throws IOException {
    if (!UNIX) {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stat(
          kind(facts.isRegularFile(), facts.isDirectory()),
          facts.size(),
          nanos(facts.lastModifiedTime()),
          0,
          0);
    }
    Map<String, Object> facts =
        Files.readAttributes(file, "unix:mode,size,lastModifiedTime,ctime,ino");
    int type = fact(facts, "mode", Integer.class) & TYPE;
    return new Stat(
        kind(type == FILE, type == FOLDER),
        fact(facts, "size", Long.class),
        nanos(fact(facts, "lastModifiedTime", FileTime.class)),
        nanos(fact(facts, "ctime", FileTime.class)),
        fact(facts, "ino", Long.class));
  }

  /** The later of the two times: both have to be long past for the content to be settled. */
  long latest() {
    return Math.max(modified, changed);
  }

  private static <T> T fact(Map<String, Object> facts, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(facts.get(name)));
  }

  static Input.Kind kind(boolean file, boolean folder) {
    return file ? Input.Kind.FILE : folder ? Input.Kind.FOLDER : Input.Kind.MISSING;
  }

  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }
}
