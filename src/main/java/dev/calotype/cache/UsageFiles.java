package dev.calotype.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All that a store's sessions have recorded, merged in memory, and its way back into files: see
 * docs/store-upkeep.md, "Usage".
 */
final class UsageFiles {
  /** The file of the last misses. */
  static final String MISSES = "misses";

  private static final long MOST_MISS_BYTES = 4 << 20;

  private final Layout layout;
  private final Usage usage;
  private final Deque<LoggedMiss> misses = new ArrayDeque<>();
  private final List<String> sessions = new ArrayList<>();

  private UsageFiles(Layout layout, Usage usage) {
    this.layout = layout;
    this.usage = usage;
  }

  /** Reads everything; writes nothing, and needs no lock to do so. */
  static UsageFiles read(Layout layout) throws IOException {
    UsageFiles all = new UsageFiles(layout, Usage.read(layout.root().resolve(Usage.NAME)));
    Frames.Taker taker = payload -> Records.read(payload, all.usage, all.misses::add);
    Frames.read(layout.root().resolve(MISSES), Optional.empty(), taker);
    for (String name : EntryWalk.names(layout.sessions())) {
      if (Place.isHex(name, Session.ID_DIGITS)) {
        all.sessions.add(name);
        Frames.read(layout.sessions().resolve(name), all.usage.session(name), taker)
            .ifPresent(extent -> all.usage.setSession(name, extent));
      }
    }
    return all;
  }

  /**
   * Merges all logs, changes the result and writes it; then removes the logs of sessions that are
   * gone. The caller has no lock.
   *
   * @param change what else is to be written
   */
  static void merge(Store store, Consumer<Usage> change) throws IOException {
    StoreFolder folder = store.folder();
    LockFile locks = folder.locks();
    Optional<LockFile.Held> lock = locks.lock(LockFile.MERGE, Store.ENTRY_TIMEOUT);
    if (lock.isEmpty()) {
      throw new IOException("the statistics of the store are locked");
    }
    try (LockFile.Held _ = lock.get()) {
      UsageFiles all = read(folder.layout());
      List<String> gone = new ArrayList<>();
      for (String name : all.sessions) {
        if (isGone(name, locks)) {
          gone.add(name);
        }
      }
      // A session may have written its last since it was read: it is gone now, so this is all.
      if (!gone.isEmpty()) {
        all = read(folder.layout());
      }
      change.accept(all.usage);
      all.write(folder.session(), store.config().missesKept());
      for (String name : gone) {
        Files.deleteIfExists(folder.layout().sessions().resolve(name));
      }
    }
  }

  /** Whether a session's lock is free, so that it is closed or was killed. */
  static boolean isGone(String session, LockFile locks) throws IOException {
    Optional<LockFile.Held> lock =
        locks.tryLock(LockFile.ofSession(Long.parseUnsignedLong(session, 16)));
    lock.ifPresent(LockFile.Held::close);
    return lock.isPresent();
  }

  Usage usage() {
    return usage;
  }

  /** The last misses, oldest first. */
  List<LoggedMiss> misses() {
    return List.copyOf(misses);
  }

  /** Of how many open or dead sessions there is a log. */
  List<String> sessions() {
    return List.copyOf(sessions);
  }

  private void write(Session session, long kept) throws IOException {
    List<byte[]> log = new ArrayList<>();
    long size = 0;
    for (LoggedMiss miss : misses.reversed()) {
      byte[] frame = Frames.frame(Records.miss(miss));
      size += frame.length;
      if (log.size() >= kept || size > MOST_MISS_BYTES) {
        break;
      }
      log.add(frame);
    }
    log.add(Frames.header(0));
    // The misses first: those that are in both are there twice, those in neither are lost.
    replace(session, MISSES, log.reversed());
    usage.retainSessions(sessions::contains);
    replace(session, Usage.NAME, List.of(usage.encode()));
  }

  private void replace(Session session, String name, List<byte[]> parts) throws IOException {
    Path work = session.newWork();
    try {
      try (FileChannel channel = PrivateFiles.open(work, StandardOpenOption.CREATE_NEW)) {
        for (byte[] part : parts) {
          ByteBuffer bytes = ByteBuffer.wrap(part);
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        }
      }
      Files.move(work, layout.root().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(work);
    }
  }
}
