package dev.calotype.publish;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A folder beside a target for the files of another program, which removes, renames and creates
 * what it likes there. Closing it removes it with all that is in it, and so does an orderly end of
 * the JVM. One whose process was killed is a leftover, as a {@link Publication}'s temporary is: its
 * lock is on a file in it.
 *
 * <p>Not safe for use by several threads.
 */
public final class WorkFolder implements AutoCloseable {
  /** The file that is locked while the folder is in use. */
  static final String LOCK = ".lock";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Set<Path> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> LIVE.forEach(WorkFolder::remove)));
  }

  private final Path path;
  private final FileChannel lock;

  private WorkFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes one for work on {@code target}.
   *
   * @param replace whether a file already there may be replaced; found out before the work
   * @throws FileAlreadyExistsException if it may not and there is one
   * @throws IOException if the folder is missing or can't be written, or {@code target} is there
   *     and no regular file
   */
  public static WorkFolder beside(Path target, boolean replace) throws IOException {
    Publication.requirePlace(target, replace);
    Path place = target.toAbsolutePath();
    Leftovers.collect(Publication.folderOf(place), Publication::isOwn);
    while (true) {
      Path path =
          place.resolveSibling(
              Leftovers.temporary(place.getFileName().toString(), RANDOM.nextLong()));
      LIVE.add(path);
      Optional<FileChannel> lock = Optional.empty();
      try {
        lock = create(path);
      } finally {
        if (lock.isEmpty()) {
          LIVE.remove(path);
        }
      }
      if (lock.isPresent()) {
        return new WorkFolder(path, lock.get());
      }
    }
  }

  /** Whether a temporary is one of this process's folders. */
  static boolean isOwn(Path temporary) {
    return LIVE.contains(temporary);
  }

  /** Empty if it was taken for a leftover before it was locked. */
  private static Optional<FileChannel> create(Path path) throws IOException {
    Files.createDirectory(path);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              path.resolve(LOCK), StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    boolean locked;
    try {
      locked = Leftovers.lock(channel) != null;
    } catch (IOException e) {
      locked = true; // No locks here, so nobody who removes what is not locked.
    }
    if (locked && Files.exists(path.resolve(LOCK))) {
      return Optional.of(channel);
    }
    channel.close();
    return Optional.empty();
  }

  /** A file in it. */
  public Path resolve(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      remove(path);
    } finally {
      LIVE.remove(path);
    }
  }

  /** Removes a folder and the files in it; what can't be removed stays. */
  static void remove(Path path) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        if (!file.endsWith(LOCK)) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(path.resolve(LOCK));
      Files.deleteIfExists(path);
    } catch (IOException | DirectoryIteratorException e) {
      // The next one that works beside it tries again.
    }
  }
}
