package dev.calotype.cache;

import static dev.calotype.cache.UpkeptStore.clean;
import static dev.calotype.cache.UpkeptStore.upkeep;
import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataId;
import dev.calotype.ji.DataSection;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.SectionOptions;
import dev.calotype.ji.Tier;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cold data is compressed, hot data is not; what it is stays the same. */
class RewritingTest {
  private static final Key KEY = Key.of("testcc").with("a", 1);
  private static final byte[] TEXT =
      "all work and no play ".repeat(20_000).getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private Instant now;
  private StoreConfig config;

  @BeforeEach
  void start() {
    now = Instant.now().plus(Duration.ofHours(1));
    config =
        UpkeptStore.config(folder.resolve("s"), () -> now)
            .withColdCompression(3, Duration.ofDays(7))
            .withHotUses(3);
  }

  @Test
  void coldDataIsCompressedAndHotDataInflated() throws IOException {
    try (Store store = Store.open(config)) {
      build(store, TEXT, false);
      DataId id = id(store);
      assertThat(clean(store).compressed()).isZero();
      now = now.plus(Duration.ofDays(7).plusHours(1));
      CleanupReport cold = clean(store);
      assertThat(cold.compressed()).isEqualTo(1);
      assertThat(cold.bytesLeft()).isLessThan(cold.bytes() / 10);
      assertThat(section(store).isPacked()).isTrue();
      assertThat(id(store)).isEqualTo(id);
      requireText(store);
      assertThat(files()).containsExactlyInAnyOrder("1~m.ji", "m.code", "manifest");
      // Those lookups were three uses.
      CleanupReport hot = clean(store);
      assertThat(hot.inflated()).isEqualTo(1);
      assertThat(hot.bytesLeft()).isGreaterThan(TEXT.length);
      assertThat(section(store).isMappable()).isTrue();
      assertThat(id(store)).isEqualTo(id);
      requireText(store);
      assertThat(files()).containsExactlyInAnyOrder("2~m.ji", "m.code", "manifest");
      // Hot is not cold, until it is.
      assertThat(clean(store).compressed()).isZero();
      now = now.plus(Duration.ofDays(8));
      assertThat(clean(store).compressed()).isEqualTo(1);
    }
  }

  @Test
  void anEntryIsNotYoungerForBeingRewritten() throws IOException {
    try (Store store = Store.open(config.withAgeLimit(Duration.ofDays(9)))) {
      build(store, TEXT, false);
      clean(store);
      now = now.plus(Duration.ofDays(8));
      assertThat(clean(store).compressed()).isEqualTo(1);
      now = now.plus(Duration.ofDays(1));
      assertThat(clean(store).evicted()).hasSize(1);
    }
  }

  @Test
  void whatDoesNotGetSmallerStaysAndIsNotTriedAgain() throws IOException {
    try (Store store = Store.open(config)) {
      build(store, Bytes.random(300_000, 1), false);
      now = now.plus(Duration.ofDays(8));
      assertThat(clean(store).compressed()).isZero();
      assertThat(files()).containsExactlyInAnyOrder("m.ji", "m.code", "manifest");
      assertThat(use().has(Use.INCOMPRESSIBLE)).isTrue();
      assertThat(RewritePlan.of(candidates(store), config, now.getEpochSecond())).isEmpty();
    }
  }

  @Test
  void whatMustBeMappableStaysSo() throws IOException {
    try (Store store = Store.open(config)) {
      build(store, TEXT, true);
      now = now.plus(Duration.ofDays(8));
      assertThat(clean(store).compressed()).isZero();
      assertThat(section(store).isPlaceable()).isTrue();
      assertThat(use().has(Use.INCOMPRESSIBLE)).isTrue();
    }
  }

  @Test
  void whatIsMappedStaysWholeWhenItIsRewritten() throws IOException {
    try (Store store = Store.open(config);
        Arena arena = Arena.ofConfined()) {
      build(store, TEXT, false);
      try (Hit hit = (Hit) store.get(KEY)) {
        MemorySegment mapped = hit.map(arena);
        byte[] before = mapped.toArray(ValueLayout.JAVA_BYTE);
        now = now.plus(Duration.ofDays(8));
        upkeep(store).flush();
        now = now.plus(Duration.ofDays(8));
        assertThat(clean(store).compressed()).isEqualTo(1);
        assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
      }
    }
  }

  @Test
  void newDataIsCompressedIfThatIsAskedForAndStaysInflatedOnceItWasHot() throws IOException {
    try (Store store = Store.open(config.withPublishCompression(1))) {
      build(store, TEXT, false);
      assertThat(clean(store).compressed()).isEqualTo(1);
      for (int i = 0; i < 3; i++) {
        store.get(KEY).close();
      }
      assertThat(clean(store).inflated()).isEqualTo(1);
      assertThat(clean(store).compressed()).isZero();
      assertThat(section(store).isPacked()).isFalse();
    }
  }

  @Test
  void smallDataIsLeftAlone() throws IOException {
    try (Store store = Store.open(config.withCompressionWorth(1 << 20, 10))) {
      build(store, TEXT, false);
      now = now.plus(Duration.ofDays(8));
      assertThat(clean(store).compressed()).isZero();
      assertThat(use()).isEqualTo(Use.NEVER);
    }
  }

  @Test
  void whatTakesTooLongIsGivenUp() throws IOException {
    StoreConfig hasty =
        config
            .withCompressionTimeout(Duration.ZERO)
            .withClock(() -> {
              now = now.plusMillis(1);
              return now;
            });
    try (Store store = Store.open(hasty)) {
      build(store, TEXT, false);
      now = now.plus(Duration.ofDays(8));
      assertThat(clean(store).compressed()).isZero();
      assertThat(files()).containsExactlyInAnyOrder("m.ji", "m.code", "manifest");
    }
    assertThat(folder.resolve("s/v1/work")).isEmptyDirectory();
  }

  @Test
  void aStoreThatCanNotSignLeavesSignedEntriesAlone() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    StoreConfig signing = config.withSigning(keys.getPrivate(), keys.getPublic());
    try (Store store = Store.open(signing)) {
      build(store, TEXT, false);
    }
    now = now.plus(Duration.ofDays(8));
    try (Store reader = Store.open(config.withPublicKey(keys.getPublic()))) {
      assertThat(clean(reader).compressed()).isZero();
    }
    now = now.plus(Duration.ofDays(8));
    try (Store store = Store.open(signing)) {
      UsageFiles.merge(store, usage -> usage.retainEntries((key, use) -> false));
      assertThat(clean(store).compressed()).isEqualTo(1);
      requireText(store);
    }
  }

  @Test
  void nothingThatNobodySignedIsSignedByRewritingIt() throws Exception {
    try (Store store = Store.open(config)) {
      build(store, TEXT, false);
    }
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    now = now.plus(Duration.ofDays(8));
    try (Store store = Store.open(config.withSigning(keys.getPrivate(), keys.getPublic()))) {
      assertThat(clean(store).compressed()).isZero();
      assertThat(store.get(KEY))
          .isInstanceOfSatisfying(
              Miss.class, miss -> assertThat(miss.reason()).isEqualTo(Miss.Reason.UNSIGNED));
    }
  }

  private static void build(Store store, byte[] content, boolean placeable) throws IOException {
    store
        .getOrBuild(
            KEY,
            (fields, draft) -> {
              try (DataFileWriter data = draft.data("m.ji");
                  OutputStream other = draft.other("m.code")) {
                SectionOptions how = SectionOptions.standard().withPlaceable(placeable);
                try (OutputStream section = data.section("text", how)) {
                  section.write(content);
                }
                data.publish();
                other.write(1);
              }
            })
        .close();
  }

  private static void requireText(Store store) throws IOException {
    try (Hit hit = (Hit) store.get(KEY, Expectations.none().withTier(Tier.FULL));
        Arena arena = Arena.ofConfined()) {
      DataSection section = hit.data().orElseThrow().data().section("text").orElseThrow();
      assertThat(section.load(arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(TEXT);
    }
  }

  private static DataId id(Store store) throws IOException {
    try (Hit hit = (Hit) store.get(KEY)) {
      return hit.data().orElseThrow().data().id();
    }
  }

  private static DataSection section(Store store) throws IOException {
    try (Hit hit = (Hit) store.get(KEY)) {
      return hit.data().orElseThrow().data().section("text").orElseThrow();
    }
  }

  private static List<Candidate> candidates(Store store) throws IOException {
    Layout layout = store.folder().layout();
    return EntryScan.of(layout, UsageFiles.read(layout).usage(), () -> {}).entries();
  }

  private Use use() throws IOException {
    return UpkeptStore.use(folder.resolve("s"), KEY);
  }

  private List<String> files() throws IOException {
    Layout layout = Layout.in(folder.resolve("s").toRealPath());
    return EntryWalk.names(KEY.place().folder(layout.entries())).stream()
        .filter(name -> !name.startsWith(Boot.PREFIX))
        .toList();
  }
}
