package dev.calotype.cache;

import static dev.calotype.cache.UpkeptStore.clean;
import static dev.calotype.cache.UpkeptStore.upkeep;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counting, evicting and tidying up, with a clock that is moved and turns that are called. */
class UpkeepTest {
  @TempDir Path folder;
  private Instant now;
  private StoreConfig config;

  @BeforeEach
  void start() {
    now = Instant.now().plus(Duration.ofHours(1));
    config =
        UpkeptStore.config(folder.resolve("s"), () -> now)
            .withColdCompression(0, Duration.ofDays(7));
  }

  @Test
  void whatHappenedIsCountedAcrossStoresThatAreOpenAndClosed() throws IOException {
    try (Store one = Store.open(config);
        Store other = Store.open(config)) {
      one.get(Entries.key(1)).close();
      one.getOrBuild(Entries.key(1), Entries::build).close();
      other.get(Entries.key(1)).close();
      other.get(Entries.key(1)).close();
      upkeep(one).flush();
      upkeep(other).flush();
      assertThat(counts()).isEqualTo(Map.of("hits", 2L, "misses.absent", 2L, "builds", 1L));
    }
    try (Store later = Store.open(config)) {
      later.get(Entries.key(1)).close();
      clean(later);
    }
    assertThat(counts())
        .isEqualTo(Map.of("hits", 3L, "misses.absent", 2L, "builds", 1L, "cleanups", 1L));
    try (Store last = Store.open(config)) {
      clean(last);
    }
    assertThat(counts()).containsEntry("hits", 3L).containsEntry("cleanups", 2L);
    assertThat(folder.resolve("s/v1/work")).isEmptyDirectory();
  }

  @Test
  void usesOfAnEntryAreCountedWithTheTimeOfTheLast() throws IOException {
    try (Store store = Store.open(config)) {
      store.getOrBuild(Entries.key(1), Entries::build).close();
      store.get(Entries.key(1)).close();
      store.get(Entries.key(1)).close();
      upkeep(store).flush();
      now = now.plusSeconds(100);
      store.get(Entries.key(1)).close();
      upkeep(store).flush();
      assertThat(use(1)).isEqualTo(new Use(now.getEpochSecond(), 3, 0));
      clean(store);
      assertThat(use(1)).isEqualTo(new Use(now.getEpochSecond(), 3, 0));
    }
  }

  @Test
  void eventsThatFindTheQueueFullAreDroppedAndCounted() {
    Activity activity = new Activity(4);
    Place place = Entries.key(1).place();
    List<Boolean> full = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      full.add(activity.hit(place));
    }
    assertThat(full).containsExactly(false, false, true, true, true, true);
    Activity.Taken taken = activity.take(Instant.EPOCH);
    assertThat(taken.counts()).isEqualTo(Map.of("hits", 6L, "dropped-events", 2L));
    assertThat(taken.events()).isEqualTo(4);
    assertThat(activity.take(Instant.EPOCH).records()).isEmpty();
    activity.giveBack(taken);
    assertThat(activity.take(Instant.EPOCH).counts())
        .isEqualTo(Map.of("hits", 6L, "dropped-events", 6L));
  }

  @Test
  void aStoreWithoutAThreadWritesBeforeItsQueueIsFull() throws IOException {
    try (Store store = Store.open(config.withEventQueue(4))) {
      store.getOrBuild(Entries.key(1), Entries::build).close();
      for (int i = 0; i < 100; i++) {
        store.get(Entries.key(1)).close();
      }
    }
    assertThat(counts()).containsEntry("hits", 100L).doesNotContainKey("dropped-events");
    assertThat(use(1).count()).isEqualTo(100);
  }

  /** What wasmtime's cache does once in the life of a process. */
  @Test
  void oneProcessCleansUpAgainAndAgain() throws IOException {
    StoreConfig small = config.withEntryLimit(10, 50).withCleanupInterval(Duration.ofHours(1));
    try (Store store = Store.open(small)) {
      for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 11; i++) {
          store.getOrBuild(Entries.key(round * 100 + i), Entries::build).close();
        }
        upkeep(store).turn(); // Not due yet, but in the first round.
        now = now.plus(Duration.ofMinutes(61));
        upkeep(store).turn();
        assertThat(entries()).as("round %d", round).isEqualTo(5);
      }
    }
    assertThat(counts().get("cleanups")).isGreaterThanOrEqualTo(10);
    assertThat(counts()).containsEntry("evictions", 10L * 11 - 5);
  }

  @Test
  void onlyOneOfManyStoresCleansUpInAnInterval() throws IOException {
    try (Store one = Store.open(config);
        Store other = Store.open(config)) {
      upkeep(one).turn();
      upkeep(other).turn();
      now = now.plus(Duration.ofMinutes(59));
      upkeep(one).turn();
      upkeep(other).turn();
      assertThat(counts()).containsEntry("cleanups", 1L);
      now = now.plus(Duration.ofMinutes(2));
      upkeep(other).turn();
      upkeep(one).turn();
      assertThat(counts()).containsEntry("cleanups", 2L);
    }
  }

  @Test
  void whoeverFindsACleanupUnderWayLeavesItThat() throws IOException {
    try (Store store = Store.open(config)) {
      try (LockFile.Held _ = store.folder().locks().tryLock(LockFile.CLEANUP).orElseThrow()) {
        assertThat(Maintenance.of(store).clean()).isEmpty();
      }
      assertThat(Maintenance.of(store).clean()).isPresent();
    }
  }

  @Test
  void theEntryUsedLongestAgoGoesAndADryRunSaysSoBefore() throws IOException {
    try (Store store = Store.open(config.withEntryLimit(2, 100))) {
      for (int i = 1; i <= 3; i++) {
        store.getOrBuild(Entries.key(i), Entries::build).close();
      }
      for (int i : new int[] {2, 1, 3}) {
        now = now.plusSeconds(600);
        store.get(Entries.key(i)).close();
        upkeep(store).flush();
      }
      now = now.plusSeconds(600);
      CleanupReport plan = Maintenance.of(store).plan();
      assertThat(entries()).isEqualTo(3);
      CleanupReport done = clean(store);
      assertThat(done.evicted()).isEqualTo(plan.evicted());
      assertThat(done.evicted())
          .singleElement()
          .satisfies(gone -> {
            assertThat(gone.key()).isEqualTo(Entries.key(2).hex());
            assertThat(gone.reason()).isEqualTo(EvictionReason.ENTRIES);
          });
      assertThat(done.entriesLeft()).isEqualTo(2).isEqualTo(plan.entriesLeft());
      assertThat(done.bytesLeft()).isEqualTo(plan.bytesLeft());
      assertThat(store.get(Entries.key(2))).isInstanceOf(Miss.class);
      store.get(Entries.key(1)).close();
    }
  }

  @Test
  void whatIsMappedStaysWholeWhenItIsEvicted() throws IOException {
    try (Store store = Store.open(config.withAgeLimit(Duration.ofDays(1)));
        Arena arena = Arena.ofConfined()) {
      try (Hit hit = store.getOrBuild(Entries.key(1), Entries::build)) {
        MemorySegment mapped = hit.map(arena);
        byte[] before = mapped.toArray(ValueLayout.JAVA_BYTE);
        now = now.plus(Duration.ofDays(2));
        assertThat(clean(store).evicted()).hasSize(1);
        assertThat(entries()).isZero();
        assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
        Entries.requireRight(hit, 1);
      }
    }
  }

  @Test
  void anEntryThatWasBuiltAgainSinceItWasLookedAtStays() throws IOException {
    try (Store store = Store.open(config)) {
      store.getOrBuild(Entries.key(1), Entries::build).close();
      Layout layout = store.folder().layout();
      EntryScan scan = EntryScan.of(layout, new Usage(), () -> {});
      Candidate entry = scan.entries().getFirst();
      assertThat(entry.place()).isEqualTo(Entries.key(1).place());
      Path manifest = entry.place().folder(layout.entries()).resolve(Manifest.NAME);
      Files.setLastModifiedTime(manifest, FileTime.fromMillis(entry.created() * 1000 + 5000));
      Cleanup cleanup = new Cleanup(store, upkeep(store), Optional.empty());
      try (Deletions deletions = store.deletions(_ -> {})) {
        CleanupPlan.Eviction eviction = new CleanupPlan.Eviction(entry, EvictionReason.AGE);
        assertThat(cleanup.evict(eviction, deletions)).isFalse();
      }
      assertThat(entries()).isEqualTo(1);
    }
  }

  @Test
  void aClockThatJumpsEvictsNoMoreThanTheLimitsAsk() throws IOException {
    StoreConfig limited =
        config.withAgeLimit(Duration.ofDays(90)).withCompilers(0, Duration.ofDays(30));
    Instant real = now;
    try (Store store = Store.open(limited)) {
      for (int i = 0; i < 5; i++) {
        store.getOrBuild(Entries.key(i), Entries::build).close();
      }
      clean(store);
      now = Instant.EPOCH; // A dead battery.
      store.get(Entries.key(0)).close();
      assertThat(clean(store).evicted()).isEmpty();
      now = real.plus(Duration.ofDays(40_000));
      store.get(Entries.key(1)).close();
      assertThat(clean(store).evicted()).isEmpty();
      now = real;
      assertThat(clean(store).evicted()).isEmpty();
      // Too long wrong is wrong: what nobody used for a hundred years of its time is old.
      now = real.plus(Duration.ofDays(40_000));
      store.get(Entries.key(1)).close();
      assertThat(clean(store).evicted()).isEmpty();
      now = now.plus(Duration.ofHours(1));
      assertThat(clean(store).evicted()).hasSize(4);
      assertThat(store.get(Entries.key(1))).isInstanceOf(Hit.class);
    }
  }

  @Test
  void compilersThatNobodyUsesGoWhole() throws IOException {
    StoreConfig limited = config.withCompilers(1, Duration.ofDays(30));
    try (Store store = Store.open(limited)) {
      for (int i = 0; i < 3; i++) {
        Key old = Key.of("testcc 0.9").with("number", i);
        store.getOrBuild(old, Entries::build).close();
        store.getOrBuild(Entries.key(i), Entries::build).close();
      }
      clean(store);
      for (int day = 0; day < 40; day += 10) {
        now = now.plus(Duration.ofDays(10));
        store.get(Entries.key(0)).close();
        clean(store);
      }
      assertThat(entries()).isEqualTo(3);
      assertThat(store.get(Key.of("testcc 0.9").with("number", 0))).isInstanceOf(Miss.class);
    }
  }

  @Test
  void whatIsNoEntryIsRemoved() throws IOException {
    try (Store store = Store.open(config)) {
      store.getOrBuild(Entries.key(1), Entries::build).close();
      store.getOrBuild(Entries.key(2), Entries::build).close();
      Path entries = store.folder().layout().entries();
      Path one = Entries.key(1).place().folder(entries);
      Files.delete(one.resolve(Manifest.NAME)); // An eviction of which a power cut left half.
      Path two = Entries.key(2).place().folder(entries);
      Files.writeString(two.resolve("1~m.ji"), "x"); // A change that was not committed.
      assertThat(clean(store).remains()).isEqualTo(2);
      assertThat(one).doesNotExist();
      assertThat(two.resolve("1~m.ji")).doesNotExist();
      Entries.requireRight((Hit) store.get(Entries.key(2)), 2);
    }
  }

  @Test
  void missesAreLoggedUpToTheirNumber() throws IOException {
    try (Store store = Store.open(config.withMissesKept(3))) {
      for (int i = 0; i < 5; i++) {
        store.get(Entries.key(i)).close();
        now = now.plusSeconds(1);
        upkeep(store).flush();
      }
      assertThat(UsageFiles.read(store.folder().layout()).misses()).hasSize(5);
      clean(store);
      store.get(Key.of("testcc").with("long", new byte[20_000])).close();
      clean(store);
      List<LoggedMiss> misses = UsageFiles.read(store.folder().layout()).misses();
      assertThat(misses)
          .extracting(miss -> KeyEncoding.decode(miss.key(), "miss"))
          .containsExactly(Entries.key(2), Entries.key(3), Entries.key(4));
      assertThat(misses).extracting(LoggedMiss::reason).containsOnly("absent");
    }
    assertThat(counts()).containsEntry("misses.absent", 6L);
  }

  @Test
  void aLogThatGetsLongIsMergedAndStartsAgain() throws IOException {
    try (Store store = Store.open(config.withEventQueue(100_000))) {
      store.getOrBuild(Entries.key(0), Entries::build).close();
      Upkeep upkeep = upkeep(store);
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 40_000; i++) {
          upkeep.hit(new Place("0".repeat(16), "%032x".formatted(i).repeat(2)));
        }
        upkeep.flush();
        Path log = store.folder().layout().sessions().resolve(store.folder().session().id());
        assertThat(log).isEmptyFile();
      }
      store.get(Entries.key(0)).close();
    }
    assertThat(counts()).containsEntry("hits", 120_001L);
    assertThat(use(0).count()).isEqualTo(1);
  }

  @Test
  void aThreadOfTheStoresOwnWritesWhenTheQueueFills() throws Exception {
    StoreConfig threaded = config.withBackgroundWork(true).withEventQueue(4);
    try (Store store = Store.open(threaded)) {
      store.getOrBuild(Entries.key(1), Entries::build).close();
      for (int i = 0; i < 50; i++) {
        store.get(Entries.key(1)).close();
      }
      Thread worker =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("calotype-store"))
              .findAny()
              .orElseThrow();
      assertThat(worker.isDaemon()).isTrue();
      assertThat(worker.getPriority()).isEqualTo(Thread.MIN_PRIORITY);
    }
    assertThat(counts()).containsEntry("hits", 50L);
  }

  @Test
  void aWorkerTakesTurnsWhenItIsWokenAndEndsWhenItIsClosed() throws InterruptedException {
    CountDownLatch turns = new CountDownLatch(3);
    CountDownLatch first = new CountDownLatch(1);
    Worker worker =
        new Worker(
            "test",
            () -> {
              first.countDown();
              turns.countDown();
            },
            Duration.ofDays(1));
    worker.wake();
    assertThat(first.await(1, TimeUnit.MINUTES)).isTrue();
    while (turns.getCount() > 0) {
      worker.wake();
      Thread.onSpinWait();
    }
    worker.close();
    assertThat(worker.isStopped()).isTrue();
  }

  private Map<String, Long> counts() throws IOException {
    return UsageFiles.read(layout()).usage().counts();
  }

  private Use use(long number) throws IOException {
    return UpkeptStore.use(folder.resolve("s"), Entries.key(number));
  }

  private Layout layout() throws IOException {
    return Layout.in(folder.resolve("s").toRealPath());
  }

  private long entries() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("s/v1/entries"))) {
      return files.filter(file -> file.endsWith(Manifest.NAME)).count();
    }
  }
}
