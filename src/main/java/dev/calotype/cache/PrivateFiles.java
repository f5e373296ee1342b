package dev.calotype.cache;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.map.Access;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Folders and files that are the user's alone: {@code 0700} and {@code 0600}. */
final class PrivateFiles {
  private static final boolean HAS_MODES =
      Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");
  private static final Set<PosixFilePermission> FILE_MODE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final int FILE_BITS = 0600;
  private static final int ALL_BITS = 07777;
  private static final boolean IS_WINDOWS = System.getProperty("os.name").startsWith("Windows");

  private PrivateFiles() {}

  /**
   * Makes a folder, unless there is something.
   *
   * @return whether it made one
   */
  static boolean makeFolder(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, mode("rwx------"));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Opens a file for writing, making it if it may be made. */
  static FileChannel open(Path file, OpenOption... how) throws IOException {
    Set<OpenOption> options = new HashSet<>(List.of(how));
    options.add(StandardOpenOption.WRITE);
    options.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, options, mode("rw-------"));
  }

  /** Gives a file the mode of all files here, unless it has it. */
  static void makePrivate(Path file, Access access) throws IOException {
    if (HAS_MODES && (access.mode() & ALL_BITS) != FILE_BITS) {
      Files.setPosixFilePermissions(file, FILE_MODE);
    }
  }

  /**
   * Throws unless this is a folder that nobody but the user can write to, and no link.
   *
   * @param user the user, or −1 on systems without numbers of users
   * @throws RefusedException saying what it is instead
   */
  static void requireOwn(Path folder, int user) throws IOException {
    Optional<Access> found = Access.of(folder);
    if (found.isEmpty()) {
      throw new NoSuchFileException(folder.toString());
    }
    Access access = found.get();
    if (!access.isFolder()) {
      throw new RefusedException(folder.toString(), "it is no folder, or a link to one");
    }
    if (access.user() != user) {
      throw new RefusedException(
          folder.toString(), "it belongs to user %d, not to %d".formatted(access.user(), user));
    }
    if (access.isWritableByOthers()) {
      throw new RefusedException(folder.toString(), "others than its owner may write to it");
    }
  }

  /** Makes what was done to a file or folder durable, if that is wanted. */
  static void sync(Path path, Durability durability) throws IOException {
    if (durability != Durability.DURABLE || (IS_WINDOWS && Files.isDirectory(path))) {
      return; // Windows opens no folder for syncing; NTFS journals the rename itself.
    }
    try (FileChannel channel =
        FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
      channel.force(true);
    }
  }

  /**
   * Removes a folder with all that is in it, or a file. What is gone already is no error. A
   * manifest goes first, so that half an entry is none.
   */
  static void remove(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(path.resolve(Manifest.NAME));
      try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
        for (Path file : files) {
          remove(file);
        }
      } catch (NoSuchFileException e) {
        return; // Somebody else removes it.
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    Files.deleteIfExists(path);
  }

  private static FileAttribute<?>[] mode(String permissions) {
    return HAS_MODES
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
