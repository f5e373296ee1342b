package dev.calotype.cache;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.cache.CleanupPlan.Eviction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One cleanup of a store: docs/store-upkeep.md, "Cleaning up". Used once. */
final class Cleanup {
  private final Store store;
  private final Layout layout;
  private final Upkeep upkeep;
  private final EntryScan.Progress progress;
  private final List<CleanupReport.Evicted> evicted = new ArrayList<>();
  private long evictedBytes;
  private long remains;

  /**
   * One that runs at once.
   *
   * @param progress told of each entry that was looked at
   */
  Cleanup(Store store, Upkeep upkeep, Optional<EntryScan.Progress> progress) {
    this.store = store;
    this.layout = store.folder().layout();
    this.upkeep = upkeep;
    this.progress = progress.orElse(() -> {});
  }

  /** What it would do to entries now. */
  static CleanupReport plan(Store store, EntryScan.Progress progress) throws IOException {
    Layout layout = store.folder().layout();
    Usage usage = UsageFiles.read(layout).usage();
    EntryScan scan = EntryScan.of(layout, usage, progress);
    long now = store.config().clock().instant().getEpochSecond();
    CleanupPlan plan =
        CleanupPlan.of(scan.entries(), store.config(), situation(layout, usage, now));
    return new CleanupReport(
        plan.evictions().stream().map(Cleanup::report).toList(),
        scan.entries().size(),
        plan.bytesBefore(),
        plan.entriesAfter(),
        plan.bytesAfter(),
        0,
        0,
        0);
  }

  /**
   * Does it.
   *
   * @return empty if somebody else is doing it
   */
  Optional<CleanupReport> run() throws IOException {
    Optional<LockFile.Held> lock = store.folder().locks().tryLock(LockFile.CLEANUP);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    try (LockFile.Held _ = lock.get()) {
      return Optional.of(runLocked());
    }
  }

  private CleanupReport runLocked() throws IOException {
    long now = upkeep.now();
    removeRemains();
    upkeep.flush();
    Usage usage = UsageFiles.read(layout).usage();
    EntryScan scan = EntryScan.of(layout, usage, progress);
    for (Place place : scan.unfinished()) {
      removeUnfinished(place);
    }
    for (Place place : scan.untidy()) {
      tidy(place);
    }
    CleanupPlan plan =
        CleanupPlan.of(scan.entries(), store.config(), situation(layout, usage, now));
    Set<String> gone = evict(plan.evictions());
    List<Candidate> left =
        scan.entries().stream().filter(entry -> !gone.contains(entry.place().key())).toList();
    Rewrites rewrites = new Rewrites(store, upkeep);
    rewrites.run(left, now);
    upkeep.count("cleanups", 1);
    if (evictedBytes > 0) {
      upkeep.count("evicted-bytes", evictedBytes);
    }
    upkeep.flush();
    Set<KeyPrefix> known = new HashSet<>();
    left.forEach(entry -> known.add(KeyPrefix.of(entry.place().key())));
    UsageFiles.merge(
        store,
        merged -> {
          merged.setCleanup(now);
          // What was used since may be new.
          merged.retainEntries((key, use) -> known.contains(key) || use.last() >= now);
        });
    return new CleanupReport(
        evicted,
        scan.entries().size(),
        plan.bytesBefore(),
        left.size(),
        left.stream().mapToLong(Candidate::bytes).sum() - rewrites.saved(),
        remains,
        rewrites.compressed(),
        rewrites.inflated());
  }

  private static CleanupPlan.Situation situation(Layout layout, Usage usage, long now)
      throws IOException {
    long free = Files.getFileStore(layout.root()).getUsableSpace();
    return new CleanupPlan.Situation(now, usage.cleanup(), free);
  }

  private static CleanupReport.Evicted report(Eviction eviction) {
    Candidate entry = eviction.entry();
    return new CleanupReport.Evicted(
        entry.place().key(), entry.bytes(), Instant.ofEpochSecond(entry.used()), eviction.reason());
  }

  /** What killed processes left in {@code work}, and in the entries that they were changing. */
  private void removeRemains() throws IOException {
    LockFile locks = store.folder().locks();
    for (String name : EntryWalk.names(layout.work())) {
      String owner = name.split("-", 2)[0];
      if (Place.isHex(owner, Session.ID_DIGITS) && UsageFiles.isGone(owner, locks)) {
        // A change that was not committed has its manifest here, and perhaps its files there.
        manifestIn(layout.work().resolve(name)).ifPresent(manifest -> tidy(manifest.key().place()));
      }
    }
    remains += Session.collectRemains(layout, locks);
  }

  private static Optional<Manifest> manifestIn(Path folder) {
    Path file = folder.resolve(Manifest.NAME);
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          || Files.size(file) > Manifest.MOST_BYTES) {
        return Optional.empty();
      }
      return Optional.of(Manifest.decode(Files.readAllBytes(file), file.toString()));
    } catch (IOException | MalformedImageException | UnsupportedFormatException e) {
      return Optional.empty();
    }
  }

  /** Removes what an entry's manifest does not name. */
  private void tidy(Place place) {
    Path folder = place.folder(layout.entries());
    try (LockFile.Held _ = store.lockEntry(place)) {
      Optional<Manifest> manifest = manifestIn(folder);
      if (manifest.isPresent()) {
        int before = EntryWalk.names(folder).size();
        EntryChange.removeUnnamed(folder, manifest.get());
        remains += before - EntryWalk.names(folder).size();
      }
    } catch (IOException e) {
      upkeep.count(Upkeep.FAILED, 1);
    }
  }

  /** Something in an entry's place that has no manifest can't be one: those appear whole. */
  private void removeUnfinished(Place place) {
    try {
      Path aside;
      try (LockFile.Held _ = store.lockEntry(place)) {
        Path folder = place.folder(layout.entries());
        if (Files.exists(folder.resolve(Manifest.NAME), LinkOption.NOFOLLOW_LINKS)) {
          return;
        }
        aside = store.removal().putAside(place);
      }
      remains++;
      PrivateFiles.remove(aside);
    } catch (IOException e) {
      upkeep.count(Upkeep.FAILED, 1);
    }
  }

  /** Evicts entries and returns their keys, and those of entries that were gone. */
  private Set<String> evict(List<Eviction> evictions) {
    Set<String> gone = new HashSet<>();
    try (Deletions deletions = store.deletions(_ -> upkeep.count(Upkeep.FAILED, 1))) {
      for (Eviction eviction : evictions) {
        if (upkeep.isClosing()) {
          break;
        }
        if (evict(eviction, deletions)) {
          gone.add(eviction.entry().place().key());
        }
      }
    }
    return gone;
  }

  /** Unless it was changed since it was looked at, and so is new. */
  boolean evict(Eviction eviction, Deletions deletions) {
    Candidate entry = eviction.entry();
    try {
      Path aside = deletions.next();
      try (LockFile.Held _ = store.lockEntry(entry.place())) {
        Path manifest = entry.place().folder(layout.entries()).resolve(Manifest.NAME);
        long created =
            Files.getLastModifiedTime(manifest, LinkOption.NOFOLLOW_LINKS).to(TimeUnit.SECONDS);
        if (Math.max(0, created) != entry.created()) {
          return false;
        }
        store.removal().putAside(entry.place(), aside);
      }
      upkeep.happened(UsageSink.Event.EVICTED);
      evicted.add(report(eviction));
      evictedBytes += entry.bytes();
      deletions.add(aside);
      return true;
    } catch (NoSuchFileException e) {
      return true; // Somebody else was faster.
    } catch (IOException e) {
      upkeep.count(Upkeep.FAILED, 1);
      return false;
    }
  }
}
