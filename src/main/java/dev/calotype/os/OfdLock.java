package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import dev.calotype.os.ffi.flock;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An exclusive lock on bytes of a file, held by an open file description of its own (fcntl(2),
 * "Open file description locks"). It excludes all others, those of this process included, and goes
 * when it is closed or its process is gone. A lock of {@link java.nio.channels.FileChannel} belongs
 * to the process instead, and is lost when anything in it closes the file.
 *
 * <p>A file that is deleted takes its locks with it: the next of that name is another file. Safe
 * for use by several threads.
 */
public final class OfdLock implements Closeable {
  /** Not among the bindings: machines differ. */
  private static final int O_NOFOLLOW =
      System.getProperty("os.arch", "").equals("aarch64") ? 0x8000 : 0x20000;

  private static final int O_CREAT = 0x40;

  /** Never waits: a terminal or a device might. */
  private static final int FLAGS =
      Posix.O_RDWR()
          | O_CREAT
          | Posix.O_CLOEXEC()
          | O_NOFOLLOW
          | Posix.O_NONBLOCK()
          | Posix.O_NOCTTY();

  private static final int OWNER_ONLY = 0600;

  private final int number;
  private boolean closed;

  private OfdLock(int number) {
    this.number = number;
  }

  /**
   * Locks bytes of a file if nobody has any of them, without waiting. The file is made, for its
   * owner alone, if it is missing; it need not have the bytes.
   *
   * @param position of the first byte, from 0
   * @param length in bytes, at least 1
   * @return empty if another lock is in the way, of this process or of another
   * @throws IOException if the file is no regular file, is a link, or can't be opened for writing,
   *     or its file system has no such locks
   */
  public static Optional<OfdLock> tryLock(Path file, long position, long length)
      throws IOException {
    if (position < 0 || length < 1 || position > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("lock of %d bytes at %d".formatted(length, position));
    }
    OfdLock lock = new OfdLock(open(file));
    boolean got = false;
    try {
      got = lock.acquire(position, length, file);
    } finally {
      if (!got) {
        lock.close();
      }
    }
    return got ? Optional.of(lock) : Optional.empty();
  }

  /** Releases it. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Descriptor.close(number);
    }
  }

  private static int open(Path file) throws IOException {
    PathBytes name =
        PathBytes.of(file)
            .orElseThrow(() -> new FileSystemException(file.toString(), null, "can't be locked"));
    int number;
    do {
      number = Descriptor.open(name, FLAGS, OWNER_ONLY);
    } while (number < 0 && Errno.last() == Posix.EINTR());
    if (number < 0) {
      throw Errno.exception("lock " + file);
    }
    FileStat stat = FileStat.ofThread();
    if (!stat.look(number) || !stat.isFile()) {
      Descriptor.close(number);
      throw new FileSystemException(file.toString(), null, "not a regular file");
    }
    return number;
  }

  private boolean acquire(long position, long length, Path file) throws IOException {
    int result;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment range = arena.allocate(flock.layout()); // Whence 0: from the file's start.
      flock.l_type(range, (short) Posix.F_WRLCK());
      flock.l_start(range, position);
      flock.l_len(range, length);
      result = Descriptor.control(number, Posix.F_OFD_SETLK(), range.address());
    }
    if (result == 0) {
      return true;
    }
    if (Errno.last() == Posix.EAGAIN() || Errno.last() == Posix.EACCES()) {
      return false;
    }
    throw Errno.exception("lock " + file);
  }
}
