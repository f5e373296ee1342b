package dev.calotype.cache;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The locks of a store, each on a byte of one file: docs/store.md, "Locks". A process has the file
 * open once, however many stores it opens there; all of them share one object.
 *
 * <p>Safe for use by several threads.
 */
final class LockFile implements AutoCloseable {
  /** Held by the one who cleans up. */
  static final long CLEANUP = 0;

  /** Held by the one who merges what sessions recorded. */
  static final long MERGE = 1;

  private static final long SESSIONS = 1L << 60;
  private static final long BUILDS = 1L << 61;
  private static final long ENTRIES = 1L << 62;
  private static final long KEY_MASK = (1L << 61) - 1;
  private static final int SESSION_SHIFT = 4;

  private static final long FIRST_PAUSE = 1_000_000;
  private static final long LAST_PAUSE = 20_000_000;

  private static final Map<Path, LockFile> OPEN = new HashMap<>();

  private final Path path;
  private final FileChannel channel;

  /** Who in this process has which byte; also the monitor of waiters. */
  private final Map<Long, Thread> held = new HashMap<>();

  private int users = 1;

  private LockFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * The locks of a store.
   *
   * @param path the file, made if it is missing; absolute, over no link
   */
  static LockFile open(Path path) throws IOException {
    synchronized (OPEN) {
      LockFile file = OPEN.get(path);
      if (file != null) {
        file.users++;
        return file;
      }
      LockFile first = new LockFile(path, PrivateFiles.open(path, StandardOpenOption.CREATE));
      OPEN.put(path, first);
      return first;
    }
  }

  /** The byte of an open session. */
  static long ofSession(long session) {
    return SESSIONS + (session >>> SESSION_SHIFT);
  }

  /** The byte that is held while an entry is built. */
  static long ofBuild(Place place) {
    return BUILDS + (place.number() & KEY_MASK);
  }

  /** The byte that is held while an entry appears, changes or disappears. */
  static long ofEntry(Place place) {
    return ENTRIES + (place.number() & KEY_MASK);
  }

  /** A lock, until it is closed. */
  final class Held implements AutoCloseable {
    private final long position;
    private final @Nullable FileLock lock;

    private Held(long position, @Nullable FileLock lock) {
      this.position = position;
      this.lock = lock;
    }

    @Override
    public void close() {
      try {
        if (lock != null) {
          lock.release();
        }
      } catch (IOException e) {
        // The file is closed, and the lock gone with it.
      } finally {
        giveBack(position);
      }
    }
  }

  /** The lock, if it is free. */
  Optional<Held> tryLock(long position) throws IOException {
    synchronized (held) {
      if (held.putIfAbsent(position, Thread.currentThread()) != null) {
        return Optional.empty();
      }
    }
    return tryInFile(position, true);
  }

  /**
   * The lock, when it is free, or empty if that takes too long.
   *
   * @throws IllegalStateException if this thread has it
   * @throws InterruptedIOException if the thread is interrupted
   */
  Optional<Held> lock(long position, Duration timeout) throws IOException {
    long end = System.nanoTime() + nanos(timeout);
    try {
      if (!waitInProcess(position, end)) {
        return Optional.empty();
      }
      boolean taken = false;
      try {
        Optional<Held> lock = waitInFile(position, end);
        taken = lock.isPresent();
        return lock;
      } finally {
        if (!taken) {
          giveBack(position);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for a lock");
    }
  }

  private boolean waitInProcess(long position, long end) throws InterruptedException {
    Thread me = Thread.currentThread();
    synchronized (held) {
      while (true) {
        Thread holder = held.putIfAbsent(position, me);
        if (holder == null) {
          return true;
        }
        if (holder.equals(me)) {
          throw new IllegalStateException("a builder waits for what it builds itself");
        }
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        held.wait(left / 1_000_000 + 1);
      }
    }
  }

  private Optional<Held> waitInFile(long position, long end)
      throws IOException, InterruptedException {
    long pause = FIRST_PAUSE;
    while (true) {
      Optional<Held> lock = tryInFile(position, false);
      long left = end - System.nanoTime();
      if (lock.isPresent() || left <= 0) {
        return lock;
      }
      Thread.sleep(Duration.ofNanos(Math.min(pause, left)));
      pause = Math.min(2 * pause, LAST_PAUSE);
    }
  }

  private Optional<Held> tryInFile(long position, boolean orGiveBack) throws IOException {
    boolean taken = false;
    try {
      FileLock lock = null;
      try {
        lock = channel.tryLock(position, 1, false);
        taken = lock != null;
      } catch (OverlappingFileLockException e) {
        taken = false; // Of another copy of this class.
      } catch (IOException e) {
        if (!channel.isOpen()) {
          throw e;
        }
        taken = true; // A file system without locks.
      }
      return taken ? Optional.of(new Held(position, lock)) : Optional.empty();
    } finally {
      if (!taken && orGiveBack) {
        giveBack(position);
      }
    }
  }

  private void giveBack(long position) {
    synchronized (held) {
      held.remove(position);
      held.notifyAll();
    }
  }

  private static long nanos(Duration duration) {
    try {
      return Math.min(duration.toNanos(), Long.MAX_VALUE / 2);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 2;
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (OPEN) {
      if (--users == 0) {
        OPEN.remove(path);
        channel.close();
      }
    }
  }
}
