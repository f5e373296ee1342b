package dev.calotype.cache;

import dev.calotype.bytes.Sha256;
import dev.calotype.os.NativeAccess;
import dev.calotype.os.OfdLock;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

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

  /** What stands for a lock on a file system without locks. */
  private enum NoLock implements Closeable {
    GIVEN;

    @Override
    public void close() {}
  }

  private static final Map<Path, LockFile> OPEN = new HashMap<>();

  /**
   * Locks of open file descriptions, which no other closing of the file gives up. A process has
   * only the one kind or only the other, as one of its own would give up the others'.
   */
  private static final boolean IS_NATIVE = NativeAccess.isEnabled();

  private final Path path;

  /** For locks of the JDK. */
  private final Optional<FileChannel> channel;

  /** Who in this process has which byte; also the monitor of waiters. */
  private final Map<Long, Thread> held = new HashMap<>();

  private int users = 1;

  private LockFile(Path path, Optional<FileChannel> channel) {
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
      Optional<FileChannel> channel =
          IS_NATIVE
              ? Optional.empty()
              : Optional.of(PrivateFiles.open(path, StandardOpenOption.CREATE));
      LockFile first = new LockFile(path, channel);
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

  /** The byte that is held while a file is built that an entry gets later. */
  static long ofFile(Place place, String name) {
    byte[] text = (place.key() + "/" + name).getBytes(StandardCharsets.UTF_8);
    return BUILDS + (ByteBuffer.wrap(Sha256.of(text)).getLong() & KEY_MASK);
  }

  /** The byte that is held while an entry appears, changes or disappears. */
  static long ofEntry(Place place) {
    return ENTRIES + (place.number() & KEY_MASK);
  }

  /** A lock, until it is closed. */
  final class Held implements AutoCloseable {
    private final long position;
    private final Closeable lock;

    private Held(long position, Closeable lock) {
      this.position = position;
      this.lock = lock;
    }

    /** Whether others are kept out; not on a file system without locks. */
    boolean isReal() {
      return !(lock instanceof NoLock);
    }

    @Override
    public void close() {
      try {
        lock.close();
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
      Optional<? extends Closeable> lock =
          channel.isPresent() ? tryIn(channel.get(), position) : tryNatively(position);
      taken = lock.isPresent();
      return lock.map(it -> new Held(position, it));
    } finally {
      if (!taken && orGiveBack) {
        giveBack(position);
      }
    }
  }

  private Optional<? extends Closeable> tryNatively(long position) throws IOException {
    try {
      return OfdLock.tryLock(path, position, 1);
    } catch (IOException e) {
      if (!Files.isWritable(path)) {
        throw e;
      }
      return Optional.of(NoLock.GIVEN);
    }
  }

  private static Optional<? extends Closeable> tryIn(FileChannel channel, long position)
      throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock(position, 1, false)).map(lock -> lock::close);
    } catch (OverlappingFileLockException e) {
      return Optional.empty(); // Of another copy of this class.
    } catch (IOException e) {
      if (!channel.isOpen()) {
        throw e;
      }
      return Optional.of(NoLock.GIVEN); // A file system without locks.
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
        if (channel.isPresent()) {
          channel.get().close();
        }
      }
    }
  }
}
