package dev.calotype.map;

import dev.calotype.os.FileStat;
import dev.calotype.os.NativeAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;

/**
 * Whose a file is and who may do what with it.
 *
 * @param user the number of the user whose it is; −1 on systems without such numbers
 * @param mode what it is and who may what, as in sys/stat.h; 0 on systems without
 */
public record Access(int user, int mode) {
  /** Of a file that was not asked. */
  public static final Access UNKNOWN = new Access(-1, 0);

  private static final int KIND = 0xf000;
  private static final int FOLDER = 0x4000;
  private static final int FILE = 0x8000;
  private static final int OTHERS_WRITE = 0x12;
  private static final boolean HAS_USERS =
      Path.of("").getFileSystem().supportedFileAttributeViews().contains("unix");

  /**
   * What is known of a file before it is opened.
   *
   * @param access whose it is
   * @param isFile whether it is a regular file
   * @param size its size in bytes
   * @param identity what tells it from other files
   */
  record Facts(Access access, boolean isFile, long size, Identity identity) {}

  /**
   * Looks at a folder, or whatever has that name, not following a link.
   *
   * @return empty if there is nothing
   */
  public static Optional<Access> of(Path path) throws IOException {
    if (NativeAccess.pays()) {
      FileStat stat = FileStat.ofThread();
      if (stat.lookAtLink(path)) {
        return Optional.of(new Access(stat.owner(), stat.mode()));
      }
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty(); // Without an exception, which would cost more than all else here.
    }
    if (!HAS_USERS) {
      return Optional.of(
          new Access(-1, Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? FOLDER : 0));
    }
    Map<String, Object> facts =
        Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
    return Optional.of(new Access(number(facts, "uid"), number(facts, "mode")));
  }

  /** Whether it is a folder, and no link to one. */
  public boolean isFolder() {
    return (mode & KIND) == FOLDER;
  }

  /** Whether it is a regular file, and no link to one. */
  public boolean isFile() {
    return (mode & KIND) == FILE || mode == 0;
  }

  /** Whether others than its user may write to it. */
  public boolean isWritableByOthers() {
    return (mode & OTHERS_WRITE) != 0;
  }

  static Facts look(Path path) throws IOException {
    if (NativeAccess.pays()) {
      FileStat stat = FileStat.ofThread();
      if (stat.lookAtLink(path)) {
        Access access = new Access(stat.owner(), stat.mode());
        return new Facts(access, stat.isFile(), stat.size(), Identity.OfSystem.of(stat));
      }
    }
    if (!HAS_USERS) {
      BasicFileAttributes facts =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return new Facts(UNKNOWN, facts.isRegularFile(), facts.size(), Identity.OfJdk.of(facts));
    }
    Map<String, Object> facts =
        Files.readAttributes(
            path,
            "unix:uid,mode,size,isRegularFile,fileKey,lastModifiedTime",
            LinkOption.NOFOLLOW_LINKS);
    return new Facts(
        new Access(number(facts, "uid"), number(facts, "mode")),
        facts.get("isRegularFile") instanceof Boolean isFile && isFile,
        facts.get("size") instanceof Long size ? size : 0,
        new Identity.OfJdk(
            facts.get("fileKey"),
            facts.get("lastModifiedTime") instanceof FileTime time
                ? time
                : FileTime.fromMillis(0)));
  }

  private static int number(Map<String, Object> facts, String name) {
    return facts.get(name) instanceof Integer number ? number : -1;
  }
}
