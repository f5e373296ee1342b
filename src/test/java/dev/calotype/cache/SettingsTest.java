package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Settings do what they say when they are not what they usually are. Tests of the work itself cover
 * the others.
 */
class SettingsTest {
  private static final long NOW = 1_000_000_000;
  private static final long MINUTE = 60;
  private static final long DAY = 86_400;
  private static final byte[] TEXT =
      "all work and no play ".repeat(20_000).getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @Test
  void verificationSaysHowFarALookupLooks() throws IOException {
    StoreConfig config = StoreConfig.in(folder.resolve("s")).withBackgroundWork(false);
    Entries.make(config, 1);
    Path data = Entries.folder(config, 1).resolve("m.ji");
    Bytes.writeFlipped(data, Files.readAllBytes(data), 5000, 1);
    try (Store store = Store.open(config.with("verification", "header"));
        Lookup lookup = store.get(Entries.key(1))) {
      assertThat(lookup).isInstanceOf(Hit.class);
    }
    try (Store store = Store.open(config.with("verification", "full"))) {
      assertThat(Entries.reason(store, 1)).isEqualTo(Miss.Reason.DAMAGED);
    }
  }

  @Test
  void cleanupIntervalSaysWhenTheNextCleanupIsDue() {
    OptionalLong last = OptionalLong.of(NOW - 6 * MINUTE);
    StoreConfig config = StoreConfig.standard();
    assertThat(CleanupPlan.isDue(NOW, last, config.withCleanupInterval(Duration.ofMinutes(5))))
        .isTrue();
    assertThat(CleanupPlan.isDue(NOW, last, config.withCleanupInterval(Duration.ofMinutes(7))))
        .isFalse();
  }

  @Test
  void clockDriftSaysFromWhenOnATimeCountsAsOldest() {
    Candidate ahead = candidate("ahead", NOW - DAY, NOW + 10 * MINUTE);
    Candidate old = candidate("old", NOW - DAY, NOW - DAY);
    StoreConfig config = StoreConfig.standard().withEntryLimit(1, 100).withFreeDisk(0);
    assertThat(first(config.withClockDrift(Duration.ofMinutes(5)), ahead, old)).isEqualTo("ahead");
    assertThat(first(config.withClockDrift(Duration.ofMinutes(15)), ahead, old)).isEqualTo("old");
    OptionalLong last = OptionalLong.of(NOW + 10 * MINUTE);
    assertThat(CleanupPlan.isDue(NOW, last, config.withClockDrift(Duration.ofMinutes(5)))).isTrue();
    assertThat(CleanupPlan.isDue(NOW, last, config.withClockDrift(Duration.ofMinutes(15))))
        .isFalse();
  }

  private static String first(StoreConfig config, Candidate... entries) {
    CleanupPlan.Situation situation =
        new CleanupPlan.Situation(NOW, OptionalLong.empty(), Long.MAX_VALUE);
    CleanupPlan plan = CleanupPlan.of(List.of(entries), config, situation);
    return plan.evictions().getFirst().entry().place().key();
  }

  @Test
  void coldCompressionAndColdAfterSayHowHardAndWhenDataIsCompressed() {
    Candidate entry = candidate("entry", NOW - 9 * DAY, NOW - 3 * DAY);
    assertThat(level(entry, 5, 2)).contains(5);
    assertThat(level(entry, 7, 2)).contains(7);
    assertThat(level(entry, 5, 4)).isEmpty();
    assertThat(level(entry, 0, 2)).isEmpty();
  }

  private static Optional<Integer> level(Candidate entry, int level, int days) {
    StoreConfig config = StoreConfig.standard().withColdCompression(level, Duration.ofDays(days));
    return RewritePlan.of(List.of(entry), config, NOW).stream().map(RewritePlan::level).findFirst();
  }

  @Test
  void compressionGainSaysHowMuchSmallerDataMustGet() throws IOException {
    assertThat(compressed(90)).isEqualTo(1);
    assertThat(compressed(100)).isZero();
  }

  /** How many entries are compressed of one whose data gets twenty times as small. */
  private long compressed(int gain) throws IOException {
    Instant later = Instant.now().plus(Duration.ofDays(1));
    StoreConfig config =
        StoreConfig.in(folder.resolve("gain" + gain))
            .withBackgroundWork(false)
            .withFreeDisk(0)
            .withClock(() -> later)
            .withColdCompression(1, Duration.ZERO)
            .withCompressionWorth(0, gain);
    try (Store store = Store.open(config)) {
      store.getOrBuild(Entries.key(1), (_, draft) -> writeText(draft)).close();
      try (Lookup lookup = store.get(Entries.key(1), Expectations.none().withTier(Tier.FULL))) {
        assertThat(lookup).isInstanceOf(Hit.class);
      }
      Instant muchLater = later.plus(Duration.ofDays(1));
      try (Store upkeep = Store.open(config.withClock(() -> muchLater))) {
        ((Upkeep) store.usage()).flush();
        return Maintenance.of(upkeep).clean().orElseThrow().compressed();
      }
    }
  }

  private static void writeText(Draft draft) throws IOException {
    try (DataFileWriter data = draft.data("m.ji")) {
      try (OutputStream section = data.section("text", 64, false)) {
        section.write(TEXT);
      }
      data.publish();
    }
  }

  private static Candidate candidate(String name, long created, long used) {
    return new Candidate(
        new Place("compiler", name), TEXT.length, TEXT.length, created, new Use(used, 0, 0));
  }
}
