package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.cache.CleanupPlan.Eviction;
import dev.calotype.cache.CleanupPlan.Situation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which entries go, by limits, ages and a clock that may be wrong. */
class CleanupPlanTest {
  private static final long NOW = 2_000_000_000;
  private static final long DAY = 86_400;
  private static final long PLENTY = Long.MAX_VALUE;

  /** Nothing is limited but by what a test limits. */
  private static final StoreConfig FREE =
      StoreConfig.standard()
          .withSizeLimit(PLENTY, 70)
          .withEntryLimit(PLENTY, 70)
          .withAgeLimit(SettingKind.FOREVER)
          .withCompilers(PLENTY, SettingKind.FOREVER)
          .withFreeDisk(0);

  private final List<Candidate> entries = new ArrayList<>();

  @Test
  void nothingGoesWhileNoLimitIsExceeded() {
    aged(10, 1, 2, 3, 4);
    assertThat(gone(FREE.withSizeLimit(40, 10).withEntryLimit(4, 10))).isEmpty();
  }

  @Test
  void anEmptyStoreHasNothingToGo() {
    assertThat(gone(StoreConfig.standard().withSizeLimit(0, 0))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "39, 100, 1",
    "39, 70, 2",
    "39, 50, 3",
    "39, 0, 3",
    "20, 100, 2",
    "20, 99, 3",
    "0, 0, 3",
  })
  void whatWasUnusedForLongestGoesUntilTheTargetIsMet(long limit, int target, int expected) {
    aged(10, 1, 2, 3, 4);
    assertThat(gone(FREE.withSizeLimit(limit, target)))
        .containsExactlyElementsOf(List.of("4 size", "3 size", "2 size").subList(0, expected));
  }

  @ParameterizedTest
  @CsvSource({"3, 100, 1", "3, 67, 2", "3, 34, 3", "3, 0, 3", "2, 50, 3", "0, 100, 3"})
  void theSameForTheirNumber(long limit, int target, int expected) {
    aged(10, 1, 2, 3, 4);
    assertThat(gone(FREE.withEntryLimit(limit, target)))
        .containsExactlyElementsOf(
            List.of("4 entries", "3 entries", "2 entries").subList(0, expected));
  }

  @Test
  void anEntryLargerThanTheLimitStaysWhileItIsTheOneUsedLast() {
    entries.add(entry("1", "a", 1000, 1, NOW - DAY));
    aged(10, 2, 3);
    assertThat(gone(FREE.withSizeLimit(100, 70))).containsExactly("3 size", "2 size");
  }

  @Test
  void whatWasJustWrittenStaysWhateverTheLimits() {
    entries.add(entry("old", "a", 10, NOW - DAY, NOW - DAY));
    entries.add(entry("edge", "a", 10, NOW - 60, NOW - 60));
    entries.add(entry("new", "a", 10, NOW - 59, NOW - 59));
    entries.add(entry("newer", "a", 10, NOW + DAY, NOW + DAY));
    StoreConfig none = FREE.withSizeLimit(0, 0).withEntryLimit(0, 0).withAgeLimit(Duration.ZERO);
    assertThat(gone(none)).containsExactly("old age", "edge age");
  }

  @Test
  void ageCountsFromTheLastUse() {
    entries.add(entry("a", "a", 10, NOW - 100 * DAY, NOW - 10 * DAY));
    entries.add(entry("b", "a", 10, NOW - 100 * DAY, NOW - 10 * DAY - 1));
    assertThat(gone(FREE.withAgeLimit(Duration.ofDays(10)))).containsExactly("b age");
  }

  @Test
  void timesFromTheFutureBeyondTheDriftCountAsOldest() {
    entries.add(entry("far", "a", 10, NOW - DAY, NOW + DAY + 1));
    entries.add(entry("near", "a", 10, NOW - DAY, NOW + DAY));
    entries.add(entry("old", "a", 10, NOW - 9 * DAY, NOW - 9 * DAY));
    assertThat(gone(FREE.withEntryLimit(2, 100))).containsExactly("far entries");
    assertThat(gone(FREE.withEntryLimit(1, 100))).containsExactly("far entries", "old entries");
    // But nobody knows their age: after a clock was set back, that would be all entries.
    assertThat(gone(FREE.withAgeLimit(Duration.ofDays(1)))).containsExactly("old age");
  }

  @Test
  void compilersUsedLastKeepTheirEntriesAndOthersGoWhole() {
    entries.add(entry("a1", "a", 10, 0, NOW - DAY));
    entries.add(entry("a2", "a", 10, 0, NOW - 500 * DAY));
    entries.add(entry("b1", "b", 10, 0, NOW - 50 * DAY));
    entries.add(entry("b2", "b", 10, 0, NOW - 60 * DAY));
    entries.add(entry("c1", "c", 10, 0, NOW - 40 * DAY));
    entries.add(entry("d1", "d", 10, 0, NOW - 30 * DAY));
    Duration month = Duration.ofDays(30);
    assertThat(gone(FREE.withCompilers(1, month)))
        .containsExactly("b2 compiler", "b1 compiler", "c1 compiler");
    assertThat(gone(FREE.withCompilers(3, month))).containsExactly("b2 compiler", "b1 compiler");
    assertThat(gone(FREE.withCompilers(4, month))).isEmpty();
    assertThat(gone(FREE.withCompilers(0, SettingKind.FOREVER))).isEmpty();
  }

  @Test
  void entriesGoUntilEnoughOfTheDiskIsFree() {
    aged(10, 1, 2, 3, 4);
    StoreConfig config = FREE.withFreeDisk(100);
    assertThat(gone(config, new Situation(NOW, OptionalLong.empty(), 100))).isEmpty();
    assertThat(gone(config, new Situation(NOW, OptionalLong.empty(), 99)))
        .containsExactly("4 free-disk");
    assertThat(gone(config, new Situation(NOW, OptionalLong.empty(), 81)))
        .containsExactly("4 free-disk", "3 free-disk");
    // What other limits free counts.
    assertThat(gone(config.withSizeLimit(20, 50), new Situation(NOW, OptionalLong.empty(), 81)))
        .containsExactly("4 size", "3 size", "2 size");
  }

  @Test
  void afterALongGapAgeIsNotTrustedOnce() {
    aged(10, 1, 200);
    StoreConfig config = FREE.withAgeLimit(Duration.ofDays(90));
    assertThat(gone(config, at(NOW, NOW - 44 * DAY))).containsExactly("200 age");
    assertThat(gone(config, at(NOW, NOW - 45 * DAY))).isEmpty();
    assertThat(gone(config, at(NOW, NOW - 3600))).containsExactly("200 age");
    // A cleanup that is due less often than that trusts it nevertheless.
    assertThat(gone(config.withCleanupInterval(Duration.ofDays(60)), at(NOW, NOW - 61 * DAY)))
        .containsExactly("200 age");
  }

  @Test
  void aClockThatJumpsBackEvictsNothingByAge() {
    aged(10, 1, 2, 3);
    StoreConfig config = FREE.withAgeLimit(Duration.ofDays(1)).withCompilers(0, Duration.ZERO);
    assertThat(gone(config, at(NOW - 1000 * DAY, NOW))).isEmpty();
  }

  @Test
  void theOrderOfWhatIsKnownDoesNotMatter() {
    for (int i = 0; i < 50; i++) {
      entries.add(entry("e" + i, "c" + i % 5, i, NOW - 100 * DAY, NOW - i / 3 * DAY));
    }
    StoreConfig config =
        FREE.withSizeLimit(500, 50).withAgeLimit(Duration.ofDays(14)).withEntryLimit(40, 80);
    List<String> first = gone(config);
    assertThat(first).isNotEmpty();
    Collections.shuffle(entries, new Random(1));
    assertThat(gone(config)).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource({
    "0, true",
    "3599, false",
    "3600, true",
    "-1, false",
    "-86400, false",
    "-86401, true",
  })
  void aCleanupIsDueAfterItsIntervalAndWhenTheLastOneIsFarAhead(long ago, boolean due) {
    OptionalLong last = ago == 0 ? OptionalLong.empty() : OptionalLong.of(NOW - ago);
    assertThat(CleanupPlan.isDue(NOW, last, StoreConfig.standard())).isEqualTo(due);
  }

  private void aged(long bytes, int... days) {
    for (int day : days) {
      entries.add(entry("" + day, "a", bytes, NOW - 1000 * DAY, NOW - day * DAY));
    }
  }

  private static Candidate entry(
      String digest, String compiler, long bytes, long created, long used) {
    return new Candidate(new Place(compiler, digest), bytes, bytes, created, new Use(used, 0, 0));
  }

  private static Situation at(long now, long last) {
    return new Situation(now, OptionalLong.of(last), PLENTY);
  }

  private List<String> gone(StoreConfig config) {
    return gone(config, new Situation(NOW, OptionalLong.empty(), PLENTY));
  }

  private List<String> gone(StoreConfig config, Situation situation) {
    CleanupPlan plan = CleanupPlan.of(entries, config, situation);
    long freed = plan.evictions().stream().mapToLong(one -> one.entry().bytes()).sum();
    assertThat(plan.bytesAfter()).isEqualTo(plan.bytesBefore() - freed);
    assertThat(plan.entriesAfter()).isEqualTo(entries.size() - plan.evictions().size());
    return plan.evictions().stream().map(CleanupPlanTest::text).toList();
  }

  private static String text(Eviction eviction) {
    return eviction.entry().place().key() + " " + eviction.reason().id();
  }
}
