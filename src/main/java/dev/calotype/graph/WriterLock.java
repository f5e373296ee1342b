package dev.calotype.graph;

import dev.calotype.RefusedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to write a graph, which one session or compaction has at a time: a lock on a file
 * beside it that nobody else opens. Readers need none.
 *
 * <p>Locks of POSIX belong to a process, and closing any channel on the file gives them up; so a
 * process opens the lock file only while it has no channel on it. The system takes the lock back
 * when the process ends, however it ends. The file stays.
 */
final class WriterLock implements AutoCloseable {
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;

  private WriterLock(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws RefusedException if somebody has it
   */
  static WriterLock take(Path graph) throws IOException {
    Path folder = graph.toAbsolutePath().getParent();
    Path real = (folder == null ? Path.of("/") : folder).toRealPath();
    Path path = real.resolve("." + graph.getFileName() + ".lock");
    if (!OWN.add(path)) {
      throw new RefusedException(graph.toString(), "another writer in this process has it");
    }
    boolean taken = false;
    try {
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        taken = lock != null;
      } finally {
        if (!taken) {
          channel.close();
        }
      }
      if (taken) {
        return new WriterLock(path, channel);
      }
    } finally {
      if (!taken) {
        OWN.remove(path);
      }
    }
    throw new RefusedException(graph.toString(), "another process writes to it");
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      OWN.remove(path);
    }
  }
}
