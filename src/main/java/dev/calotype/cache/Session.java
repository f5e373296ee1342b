package dev.calotype.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One open store: a file that it appends to, a lock that says that it lives, and names for work in
 * progress that nobody can guess. Safe for use by several threads.
 */
final class Session implements AutoCloseable {
  static final int ID_DIGITS = 16;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Layout layout;
  private final String id;
  private final FileChannel log;
  private final LockFile.Held lock;
  private final AtomicLong count = new AtomicLong();

  private Session(Layout layout, String id, FileChannel log, LockFile.Held lock) {
    this.layout = layout;
    this.id = id;
    this.log = log;
    this.lock = lock;
  }

  /** Starts one. */
  static Session open(Layout layout, LockFile locks) throws IOException {
    while (true) {
      long number = RANDOM.nextLong();
      String id = HexFormat.of().toHexDigits(number);
      Optional<LockFile.Held> lock = locks.tryLock(LockFile.ofSession(number));
      if (lock.isEmpty()) {
        continue;
      }
      boolean opened = false;
      try {
        // The lock first, so that nobody takes the file for that of a dead one.
        FileChannel log =
            PrivateFiles.open(layout.sessions().resolve(id), StandardOpenOption.CREATE_NEW);
        opened = true;
        return new Session(layout, id, log, lock.get());
      } catch (FileAlreadyExistsException e) {
        // Another one of 2⁶⁴, or of 2⁶⁰ whose byte is the same.
      } finally {
        if (!opened) {
          lock.get().close();
        }
      }
    }
  }

  /** The session's 16 digits. */
  String id() {
    return id;
  }

  /** The session's file, for appending. */
  FileChannel log() {
    return log;
  }

  /** A new name in {@code work}; nothing is there. */
  Path newWork() {
    return layout.work().resolve(newName());
  }

  /** A new name in {@code quarantine}; nothing is there. */
  Path newQuarantine() {
    return layout.quarantine().resolve(newName());
  }

  private String newName() {
    return id + "-" + count.incrementAndGet();
  }

  /**
   * Removes what sessions that are gone have left in {@code work}.
   *
   * @return how many things
   */
  static int collectRemains(Layout layout, LockFile locks) throws IOException {
    int removed = 0;
    for (String name : EntryWalk.names(layout.work())) {
      Optional<LockFile.Held> lock = lockIfGone(name.split("-", 2)[0], locks);
      if (lock.isPresent()) {
        try (LockFile.Held _ = lock.get()) {
          PrivateFiles.remove(layout.work().resolve(name));
          removed++;
        }
      }
    }
    return removed;
  }

  /**
   * The lock of a session that is gone; empty if it lives, or if that can't be known.
   *
   * @param id its digits; anything else is no session's
   */
  static Optional<LockFile.Held> lockIfGone(String id, LockFile locks) throws IOException {
    if (!Place.isHex(id, ID_DIGITS)) {
      return Optional.empty();
    }
    Optional<LockFile.Held> lock =
        locks.tryLock(LockFile.ofSession(Long.parseUnsignedLong(id, 16)));
    if (lock.isPresent() && !lock.get().isReal()) {
      lock.get().close();
      return Optional.empty();
    }
    return lock;
  }

  /** Removes what is left in {@code work}, and the file if nothing was recorded. */
  @Override
  public void close() throws IOException {
    try (log;
        lock) {
      List<String> own =
          EntryWalk.names(layout.work()).stream()
              .filter(name -> name.startsWith(id + "-"))
              .toList();
      for (String name : own) {
        PrivateFiles.remove(layout.work().resolve(name));
      }
      if (log.size() == 0) {
        Files.deleteIfExists(layout.sessions().resolve(id));
      }
    }
  }
}
