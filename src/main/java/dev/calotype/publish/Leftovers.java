package dev.calotype.publish;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Temporaries whose writers are gone. A live writer holds an exclusive lock on its temporary, which
 * the system takes back when the writer's process ends, however it ends; so who gets the lock may
 * remove the file.
 *
 * <p>Locks of POSIX belong to a process, and closing any channel on a file gives up the process's
 * locks on it. So a process never opens a temporary of its own here.
 *
 * <p>On a file system without locks nothing is removed. Where machines share a folder but not its
 * locks, a writer may find its temporary gone, and fails.
 */
final class Leftovers {
  private static final String SUFFIX = ".part";
  private static final int RANDOM_DIGITS = 16;

  /** Far behind any content, because a lock on Windows keeps others from reading there. */
  private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

  /** Looking into a large folder takes time; spend at most a tenth of it on that. */
  private static final int SHARE = 10;

  private static final int MOST_FOLDERS = 1000;
  private static final Map<Path, Long> NEXT = new ConcurrentHashMap<>();

  private Leftovers() {}

  /** The name of a temporary of {@code name}. */
  static String temporary(String name, long random) {
    return "." + name + "." + HexFormat.of().toHexDigits(random) + SUFFIX;
  }

  /** Whether a name is one that {@link #temporary} makes. */
  static boolean isTemporary(String name) {
    int end = name.length() - SUFFIX.length();
    int dot = end - RANDOM_DIGITS - 1;
    if (dot < 2 || !name.startsWith(".") || !name.endsWith(SUFFIX) || name.charAt(dot) != '.') {
      return false;
    }
    for (int i = dot + 1; i < end; i++) {
      char c = name.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  /**
   * Takes the lock that says that the writer lives.
   *
   * @return null if somebody else has it, who is about to remove the file
   * @throws IOException if this file system has no locks
   */
  static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(LOCKED_BYTE, 1, false);
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /**
   * Removes the leftovers in a folder, unless it was looked into just now. Failures are silent:
   * somebody else's leftovers are no reason not to publish.
   *
   * @param own whether a temporary is this process's
   */
  static void collect(Path folder, Predicate<Path> own) {
    long start = System.nanoTime();
    Long next = NEXT.get(folder);
    if (next != null && start - next < 0) {
      return;
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, file -> isTemporary(file.getFileName().toString()))) {
      for (Path file : files) {
        if (own.test(file)) {
          continue;
        }
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          remove(file);
        } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          removeFolder(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The next one may be luckier.
    }
    if (NEXT.size() >= MOST_FOLDERS) {
      NEXT.clear();
    }
    long end = System.nanoTime();
    NEXT.put(folder, end + SHARE * (end - start));
  }

  private static void remove(Path file) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      if (lock(channel) != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // Not ours to remove, or gone already.
    }
  }

  private static void removeFolder(Path folder) {
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(WorkFolder.LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      if (lock(channel) != null) {
        WorkFolder.remove(folder);
      }
    } catch (NoSuchFileException e) {
      removeEmpty(folder); // Just made, and its maker tries again; or almost removed.
    } catch (IOException e) {
      // Not ours to remove.
    }
  }

  private static void removeEmpty(Path folder) {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // Locked meanwhile.
    }
  }
}
