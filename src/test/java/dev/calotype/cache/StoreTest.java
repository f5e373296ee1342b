package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.Tier;
import dev.calotype.split.Split;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import dev.calotype.testing.Libraries;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lookups, builds, changes and evictions of one process. */
@EitherWay
class StoreTest {
  @TempDir Path folder;

  private StoreConfig config() {
    return StoreConfig.in(folder.resolve("s"));
  }

  @Test
  void whatWasBuiltIsAHitInTheNextStore() throws IOException {
    try (Store store = Store.open(config())) {
      assertThat(Entries.reason(store, 1)).isEqualTo(Miss.Reason.ABSENT);
      try (Hit hit = store.getOrBuild(Entries.key(1), Entries::build)) {
        Entries.requireRight(hit, 1);
        assertThat(hit.isStored()).isTrue();
        assertThat(hit.names()).containsExactly("m.ji", "notes.txt");
        assertThat(hit.data().orElseThrow().data().compiler()).isEqualTo(Entries.COMPILER);
      }
      assertThat(Bytes.names(folder.resolve("s/v1/work"))).isEmpty();
    }
    try (Store store = Store.open(config());
        Lookup lookup = store.get(Entries.key(1))) {
      Entries.requireRight((Hit) lookup, 1);
    }
    // What they counted is all that is left of them.
    assertThat(Bytes.names(folder.resolve("s/v1/sessions"))).hasSize(2);
  }

  @Test
  void whoOnlyHasHitsWritesNothing() throws IOException {
    Entries.make(config(), 1);
    try (Stream<Path> before = Files.walk(folder)) {
      List<Path> all = before.toList();
      try (Store store = Store.open(config());
          Lookup lookup = store.get(Entries.key(1))) {
        assertThat(lookup).isInstanceOf(Hit.class);
        try (Stream<Path> now = Files.walk(folder)) {
          assertThat(now).containsExactlyInAnyOrderElementsOf(all);
        }
      }
    }
  }

  @Test
  void equalEntriesHaveEqualBytes() throws IOException {
    Entries.make(config(), 1);
    Path first = Entries.folder(config(), 1);
    byte[] manifest = Files.readAllBytes(first.resolve("manifest"));
    byte[] data = Files.readAllBytes(first.resolve("m.ji"));
    StoreConfig other = StoreConfig.in(folder.resolve("other"));
    Entries.make(other, 1);
    assertThat(Entries.folder(other, 1).resolve("manifest")).hasBinaryContent(manifest);
    assertThat(Entries.folder(other, 1).resolve("m.ji")).hasBinaryContent(data);
  }

  @Test
  void allIsTheUsersAlone() throws IOException {
    Entries.make(config().withDurability(Durability.FAST), 1);
    try (Stream<Path> all = Files.walk(folder.resolve("s"))) {
      assertThat(all)
          .allSatisfy(path ->
              assertThat(
                      PosixFilePermissions.toString(
                          Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)))
                  .as("%s", path)
                  .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
    }
  }

  @Test
  void aBuilderThatThrowsLeavesNothingAndIsAskedAgain() throws IOException {
    AtomicInteger runs = new AtomicInteger();
    try (Store store = Store.open(config())) {
      for (int i = 1; i <= 2; i++) {
        assertThatThrownBy(() ->
                store.<IllegalAccessException>getOrBuild(
                    Entries.key(1),
                    (fields, draft) -> {
                      Entries.build(fields, draft);
                      runs.incrementAndGet();
                      throw new IllegalAccessException("no");
                    }))
            .isInstanceOf(IllegalAccessException.class)
            .hasMessage("no");
        assertThat(runs).hasValue(i);
        assertThat(Entries.reason(store, 1)).isEqualTo(Miss.Reason.ABSENT);
        assertThat(Bytes.names(folder.resolve("s/v1/work"))).isEmpty();
      }
    }
  }

  @Test
  void whatIsNoEntryIsRefused() throws IOException {
    try (Store store = Store.open(config())) {
      refuses(store, "asked for this file", (_, draft) -> draft.file("missing"));
      refuses(store, "1 to 4096 files", (_, _) -> {});
      refuses(
          store,
          "second one",
          (fields, draft) -> {
            Entries.build(fields, draft);
            Files.copy(draft.folder().resolve("m.ji"), draft.file("n.ji"));
          });
      refuses(
          store,
          "bytes that do not match",
          (fields, draft) -> {
            Entries.build(fields, draft);
            Path data = draft.folder().resolve("m.ji");
            Bytes.writeFlipped(data, Files.readAllBytes(data), 100, 1);
          });
      assertThatThrownBy(() -> store.getOrBuild(Entries.key(1), (_, d) -> d.file("../x")))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.getOrBuild(Entries.key(1), (_, d) -> d.file("manifest")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void refuses(Store store, String words, Builder<RuntimeException> builder) {
    assertThatThrownBy(() -> store.getOrBuild(Entries.key(1), builder))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(words);
  }

  @Test
  void whatABuilderLeavesLyingAroundIsNotPublished() throws IOException {
    try (Store store = Store.open(config())) {
      store
          .getOrBuild(
              Entries.key(1),
              (fields, draft) -> {
                Entries.build(fields, draft);
                Files.createDirectories(draft.folder().resolve("tmp/deep"));
                Files.writeString(draft.folder().resolve("tmp/deep/x"), "x");
                Files.createSymbolicLink(draft.folder().resolve("link"), folder);
              })
          .close();
    }
    assertThat(Bytes.names(Entries.folder(config(), 1)))
        .containsExactly("m.ji", "manifest", "notes.txt");
    assertThat(folder).isDirectory();
  }

  @Test
  void anEvictedEntryStaysWithWhoHasIt() throws IOException {
    try (Store store = Store.open(config());
        Arena arena = Arena.ofShared();
        Hit hit = store.getOrBuild(Entries.key(1), Entries::build)) {
      MemorySegment mapped = hit.map(arena);
      byte[] before = mapped.toArray(ValueLayout.JAVA_BYTE);
      assertThat(store.evict(Entries.key(1))).isTrue();
      assertThat(store.evict(Entries.key(1))).isFalse();
      assertThat(Entries.reason(store, 1)).isEqualTo(Miss.Reason.ABSENT);
      Entries.requireRight(hit, 1);
      assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
      assertThat(Bytes.names(folder.resolve("s/v1/work"))).isEmpty();
    }
  }

  @Test
  void clearingRemovesEveryEntryAndNothingElse() throws IOException {
    try (Store store = Store.open(config())) {
      for (int i = 0; i < 10; i++) {
        store.getOrBuild(Entries.key(i), Entries::build).close();
      }
      Path own = Files.writeString(folder.resolve("s/README"), "mine");
      Path later = Files.createDirectory(folder.resolve("s/v2"));
      assertThat(store.clear()).isEqualTo(10);
      assertThat(Entries.reason(store, 3)).isEqualTo(Miss.Reason.ABSENT);
      assertThat(own).exists();
      assertThat(later).exists();
    }
  }

  @Test
  void aPairIsOneEntryAndTakesMoreCodeLater() throws IOException {
    Path library = Libraries.Toolchain.GNU.link(folder);
    Key key = Key.of("cc").with("library", "many");
    try (Store store = Store.open(config())) {
      Hit hit = store.getOrBuild(key, (_, draft) -> split(library, draft.file("m.ji"), draft));
      try (hit;
          CodeChoice choice = hit.code(Host.current(), Map.of())) {
        assertThat(choice.best()).isPresent();
        assertThat(choice.best().get().code().note().dataId())
            .isEqualTo(hit.data().orElseThrow().data().id());
        byte[] data = Files.readAllBytes(hit.data().get().file());
        Path code = hit.file("m.code").path();
        Hit more =
            (Hit)
                store.extend(
                    key,
                    "m.again.code",
                    (_, draft) -> Files.copy(code, draft.file("m.again.code")));
        try (more;
            CodeChoice two = more.code(Host.current(), Map.of())) {
          assertThat(more.names()).containsExactly("m.again.code", "m.code", "m.ji");
          assertThat(two.others()).hasSize(1);
          assertThat(more.data().orElseThrow().file()).hasBinaryContent(data);
        }
        assertThat(hit.names()).hasSize(2);
      }
      assertThatThrownBy(() ->
              store.extend(
                  key,
                  "more",
                  (_, draft) -> {
                    Files.createFile(draft.file("more"));
                    Files.createFile(draft.file("m.ji"));
                  }))
          .isInstanceOf(FileAlreadyExistsException.class);
      assertThat(store.extend(Entries.key(5), "more", (_, _) -> {})).isInstanceOf(Miss.class);
    }
  }

  private static void split(Path library, Path data, Draft draft) throws IOException {
    try (Split split = Split.plan(library, List.of())) {
      split.write(data, draft.file("m.code"), draft.options());
    }
  }

  @Test
  void codeOfOtherDataIsRefused() throws IOException {
    Path library = Libraries.Toolchain.GNU.link(folder);
    try (Store store = Store.open(config())) {
      assertThatThrownBy(() ->
              store.getOrBuild(
                  Entries.key(1),
                  (fields, draft) -> {
                    Entries.build(fields, draft);
                    Path apart = draft.folder().resolve("apart");
                    split(library, apart, draft);
                  }))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("code-data-id");
    }
  }

  @Test
  void aFastEntryIsVerifiedOnceAfterAnotherBoot() throws IOException {
    StoreConfig fast = config().withDurability(Durability.FAST).withBootId(Optional.of("one"));
    Entries.make(fast, 1);
    Entries.make(fast, 2);
    Path good = Entries.folder(fast, 1);
    assertThat(good.resolve("proven-one")).exists();
    tear(Entries.folder(fast, 2).resolve("m.ji"));
    try (Store store = Store.open(fast.withBootId(Optional.of("two")))) {
      Entries.requireHit(store, 1);
      assertThat(Bytes.names(good)).contains("proven-two").doesNotContain("proven-one");
      assertThat(Entries.reason(store, 2)).isEqualTo(Miss.Reason.DAMAGED);
      assertThat(Bytes.names(folder.resolve("s/v1/quarantine"))).hasSize(2);
    }
    // It was proven in this boot, which is all that this tier asks for.
    tear(good.resolve("m.ji"));
    try (Store store = Store.open(fast.withBootId(Optional.of("two")));
        Lookup lookup = store.get(Entries.key(1))) {
      assertThat(lookup).isInstanceOf(Hit.class);
    }
    try (Store store = Store.open(fast.withBootId(Optional.empty()))) {
      assertThat(Entries.reason(store, 1)).isEqualTo(Miss.Reason.DAMAGED);
    }
  }

  @Test
  void aDurableEntryNeedsNoProof() throws IOException {
    Entries.make(config(), 1);
    tear(Entries.folder(config(), 1).resolve("m.ji"));
    try (Store store = Store.open(config().withBootId(Optional.of("other")))) {
      store.get(Entries.key(1)).close();
      assertThat(store.get(Entries.key(1), Expectations.none())).isInstanceOf(Hit.class);
      assertThat(store.get(Entries.key(1), Expectations.none().withTier(Tier.FULL)))
          .isInstanceOf(Miss.class);
    }
  }

  /** Other bytes in the middle of the data, as if they had not been written. */
  private static void tear(Path data) throws IOException {
    byte[] bytes = Files.readAllBytes(data);
    bytes[5000] ^= 1;
    Files.write(data, bytes);
  }

  @Test
  void onlySignedEntriesAreHitsWhereThereIsAKey() throws IOException, GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Entries.make(config(), 1);
    StoreConfig reader = config().withPublicKey(pair.getPublic());
    StoreConfig signer = config().withSigning(pair.getPrivate(), pair.getPublic());
    try (Store store = Store.open(reader)) {
      assertThat(Entries.reason(store, 1)).isEqualTo(Miss.Reason.UNSIGNED);
    }
    Entries.make(config().withSigning(other.getPrivate(), other.getPublic()), 2);
    Entries.make(signer, 1);
    try (Store store = Store.open(reader)) {
      Entries.requireHit(store, 1);
      assertThat(Entries.reason(store, 2)).isEqualTo(Miss.Reason.SIGNATURE);
      // Neither is evidence of anything: another process may trust another key.
      assertThat(Bytes.names(folder.resolve("s/v1/quarantine"))).isEmpty();
    }
    try (Store store = Store.open(config())) {
      Entries.requireHit(store, 1);
    }
  }

  @Test
  void aStaleEntryIsAMissWithItsCausesAndIsBuiltAnew() throws IOException {
    Expectations wanted = Expectations.none().withTarget("new");
    Key key = Entries.key(1);
    try (Store store = Store.open(config())) {
      store.getOrBuild(key, (fields, draft) -> targeted(fields, draft, "old")).close();
      Miss miss = (Miss) store.get(key, wanted);
      assertThat(miss.reason()).isEqualTo(Miss.Reason.STALE);
      assertThat(miss.causes()).extracting(Cause::code).containsExactly(Cause.Code.TARGET);
      assertThatThrownBy(() ->
              store.getOrBuild(key, wanted, (fields, draft) -> targeted(fields, draft, "old")))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("target: expected new, not old");
      store.getOrBuild(key, wanted, (fields, draft) -> targeted(fields, draft, "new")).close();
      try (Lookup now = store.get(key, wanted)) {
        assertThat(now).isInstanceOf(Hit.class);
      }
      assertThat(Bytes.names(folder.resolve("s/v1/quarantine"))).isEmpty();
    }
  }

  private static void targeted(Fields fields, Draft draft, String target) throws IOException {
    try (DataFileWriter data = draft.data("m.ji", draft.options().origin().withTarget(target))) {
      try (OutputStream section = data.section("bytes", 64, false)) {
        section.write(Entries.content(fields.integer("number")));
      }
      data.publish();
    }
  }

  @Test
  void aFolderThatOthersMayUseIsRefused() throws IOException {
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> Store.open(StoreConfig.in(open)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("others than its owner");
    Path linked = Files.createDirectory(folder.resolve("linked"));
    Files.createSymbolicLink(linked.resolve("v1"), open);
    assertThatThrownBy(() -> Store.open(StoreConfig.in(linked)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("a link");
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> Store.open(StoreConfig.in(file))).isInstanceOf(RefusedException.class);
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("s"));
    Entries.make(config(), 1);
    try (Store store = Store.open(StoreConfig.in(link))) {
      Entries.requireHit(store, 1);
    }
  }

  @Test
  void theArenaOfAStoreLivesAsLongAsIt() throws IOException {
    MemorySegment mapped;
    try (Store store = Store.open(config())) {
      try (Hit hit = store.getOrBuild(Entries.key(1), Entries::build)) {
        mapped = hit.map(store.arena());
      }
      assertThat(mapped.get(ValueLayout.JAVA_BYTE, 1)).isEqualTo((byte) 'C');
    }
    assertThat(mapped.scope().isAlive()).isFalse();
  }

  @Test
  void aMemberIsReplacedUnderANewNameUnlessTheEntryChangedMeanwhile() throws IOException {
    try (Store store = Store.open(config());
        Hit hit = store.getOrBuild(Entries.key(1), Entries::build)) {
      Manifest before = hit.manifest();
      Member old = before.member("notes.txt").orElseThrow();
      Path work = store.folder().session().newWork();
      Files.write(work, Files.readAllBytes(hit.file("notes.txt").path()));
      Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rw-------"));
      Member changed =
          new Member(old.name(), old.kind(), 1, old.size(), old.digest(), old.dataId());
      assertThat(store.replaceMember(before, changed, work)).isTrue();
      Entries.requireHit(store, 1);
      Entries.requireRight(hit, 1);
      assertThat(Bytes.names(Entries.folder(config(), 1)))
          .containsExactly("1~notes.txt", "m.ji", "manifest");
      Files.write(work, new byte[100]);
      assertThat(store.replaceMember(before, changed, work)).isFalse();
      Entries.requireHit(store, 1);
    }
  }

  @Test
  void whatDeadSessionsLeaveGoesAndWhatLiveOnesHaveStays() throws IOException {
    Entries.make(config(), 1);
    Path work = folder.resolve("s/v1/work");
    Path dead = Files.createDirectory(work.resolve("0123456789abcdef-1"));
    Files.createFile(dead.resolve("m.ji"));
    try (Store store = Store.open(config())) {
      Path live = Files.createDirectory(store.folder().session().newWork());
      Path other = Files.createFile(work.resolve("other"));
      LockFile locks = store.folder().locks();
      assertThat(Session.collectRemains(store.folder().layout(), locks)).isEqualTo(1);
      assertThat(Set.copyOf(Bytes.names(work)))
          .isEqualTo(Set.of(live.getFileName() + "", other.getFileName() + ""));
    }
    assertThat(Bytes.names(work)).containsExactly("other");
  }
}
