package dev.calotype.cache;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps up an open store: docs/store-upkeep.md. Without a thread of its own, what happened is
 * written when the queue is half full and at the end, by whoever is there, and nothing is cleaned
 * up unless somebody asks for it.
 */
final class Upkeep implements UsageSink {
  /** Counts what went wrong here, and nowhere else. */
  static final String FAILED = "failed-upkeep";

  /** A log of this size is merged before it gets longer. */
  static final long LONG_LOG = 1 << 20;

  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final Store store;
  private final Activity activity;
  private final boolean hasThread;

  // Made by the first event: a store that nobody uses needs no thread, and this one is not whole
  // while it is constructed.
  private volatile Optional<Worker> worker = Optional.empty();
  private boolean closed;
  private Optional<SessionLog> log = Optional.empty();

  // Of the worker's thread, in seconds of the epoch.
  private long looked = Long.MAX_VALUE;
  private long nextLook;

  Upkeep(Store store) {
    this.store = store;
    this.activity = new Activity(store.config().eventQueue());
    this.hasThread = store.config().backgroundWork();
  }

  @Override
  public void hit(Place place) {
    attend(activity.hit(place));
  }

  @Override
  public void missed(Miss miss) {
    attend(activity.missed(miss));
  }

  @Override
  public void happened(Event event) {
    activity.happened(event);
    attend(false);
  }

  /** Adds to a counter. */
  void count(String name, long amount) {
    activity.count(name, amount);
  }

  /** Whether what takes long should come to an end. */
  boolean isClosing() {
    return worker.isPresent() && worker.get().isStopped();
  }

  /** What the thread does, time and again. */
  void turn() {
    try {
      flush();
      if (isDue()) {
        new Cleanup(store, this, Optional.empty()).run();
      }
    } catch (IOException | RuntimeException e) {
      activity.count(FAILED, 1);
    }
  }

  /** Writes what happened up to now into the session's log. */
  synchronized void flush() throws IOException {
    Activity.Taken taken = activity.take(store.config().clock().instant());
    if (taken.records().isEmpty()) {
      return;
    }
    SessionLog own;
    try {
      own = log();
      own.append(taken.records());
    } catch (IOException e) {
      activity.giveBack(taken);
      throw e;
    }
    if (own.size() > LONG_LOG) {
      UsageFiles.merge(store, _ -> {});
      own.restart();
    }
  }

  /** Writes into the log that an entry's data was rewritten. */
  synchronized void mark(Place place, int marks) throws IOException {
    flush();
    log().append(List.of(Records.mark(KeyPrefix.of(place.key()), marks)));
  }

  /** The time in seconds of the epoch. */
  long now() {
    return store.config().clock().instant().getEpochSecond();
  }

  @Override
  public void close() {
    Optional<Worker> running;
    synchronized (this) {
      closed = true;
      running = worker;
    }
    running.ifPresent(Worker::close);
    try {
      flush();
    } catch (IOException | RuntimeException e) {
      // Statistics, and nobody to tell.
    }
  }

  private synchronized SessionLog log() throws IOException {
    if (log.isEmpty()) {
      log = Optional.of(new SessionLog(store.folder().session().log()));
    }
    return log.get();
  }

  private void attend(boolean full) {
    if (hasThread) {
      if (worker.isEmpty()) {
        start();
      }
      if (full) {
        worker.ifPresent(Worker::wake);
      }
    } else if (full) {
      try {
        flush();
      } catch (IOException e) {
        activity.count(FAILED, 1);
      }
    }
  }

  private synchronized void start() {
    if (worker.isEmpty() && !closed) {
      worker = Optional.of(new Worker("calotype-store", this::turn, PAUSE));
    }
  }

  private boolean isDue() throws IOException {
    long now = now();
    if (now >= looked && now < nextLook) {
      return false;
    }
    OptionalLong last = Usage.readCleanup(store.folder().layout().root().resolve(Usage.NAME));
    boolean isDue = CleanupPlan.isDue(now, last, store.config());
    looked = now;
    nextLook = (isDue ? now : last.orElse(now)) + store.config().cleanupInterval().toSeconds();
    return isDue;
  }
}
