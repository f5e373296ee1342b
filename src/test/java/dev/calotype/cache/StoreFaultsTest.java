package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.calotype.bytes.Sha256;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Entries that somebody has changed in every way we can think of: a miss with the reason, evidence
 * where it is one, and a right hit after the next build.
 */
@EitherWay
class StoreFaultsTest {
  private static final int OTHER_USER = 12_345;

  @TempDir Path folder;
  private StoreConfig config = StoreConfig.in(Path.of(""));
  private Path entry = Path.of("");

  @BeforeEach
  void makeEntry() throws IOException {
    config = StoreConfig.in(folder.resolve("s"));
    Entries.make(config, 1);
    entry = Entries.folder(config, 1);
  }

  /** Does something to an entry's folder. */
  interface Fault {
    void in(Path entry) throws IOException;
  }

  private static Arguments fault(String name, Miss.Reason reason, String file, Fault fault) {
    return Arguments.of(name, reason, file, fault);
  }

  private static Stream<Arguments> faults() {
    return Stream.of(
        fault("no folder", Miss.Reason.ABSENT, "", PrivateFiles::remove),
        fault("no manifest", Miss.Reason.ABSENT, "", e -> Files.delete(e.resolve("manifest"))),
        fault("manifest cut", Miss.Reason.DAMAGED, "manifest", e -> cut(e, "manifest", 100)),
        fault("manifest empty", Miss.Reason.DAMAGED, "manifest", e -> cut(e, "manifest", 0)),
        fault("manifest flipped", Miss.Reason.DAMAGED, "manifest", e -> flip(e, "manifest", 70)),
        fault("manifest of another", Miss.Reason.OTHER_KEY, "manifest", e -> another(e)),
        fault("manifest of later", Miss.Reason.VERSION, "manifest", e -> later(e)),
        fault("manifest link", Miss.Reason.LINK, "manifest", e -> link(e.resolve("manifest"))),
        fault("manifest folder", Miss.Reason.LINK, "manifest", e -> folder(e.resolve("manifest"))),
        fault("data gone", Miss.Reason.DAMAGED, "m.ji", e -> Files.delete(e.resolve("m.ji"))),
        fault("data cut", Miss.Reason.DAMAGED, "m.ji", e -> cut(e, "m.ji", 5000)),
        fault("data empty", Miss.Reason.DAMAGED, "m.ji", e -> cut(e, "m.ji", 0)),
        fault("data longer", Miss.Reason.DAMAGED, "m.ji", e -> cut(e, "m.ji", 100_000)),
        fault("data flipped", Miss.Reason.DAMAGED, "m.ji", e -> flip(e, "m.ji", 0x60)),
        fault("data no data", Miss.Reason.DAMAGED, "m.ji", e -> flip(e, "m.ji", 0)),
        fault("data of another", Miss.Reason.DAMAGED, "m.ji", e -> swap(e)),
        fault("data link", Miss.Reason.LINK, "m.ji", e -> link(e.resolve("m.ji"))),
        fault("other gone", Miss.Reason.DAMAGED, "notes.txt", e -> delete(e, "notes.txt")),
        fault("other cut", Miss.Reason.DAMAGED, "notes.txt", e -> cut(e, "notes.txt", 9)),
        fault("other link", Miss.Reason.LINK, "notes.txt", e -> link(e.resolve("notes.txt"))),
        fault("entry link", Miss.Reason.LINK, "", StoreFaultsTest::link),
        fault("entry file", Miss.Reason.LINK, "", e -> file(e)),
        fault("entry writable", Miss.Reason.WRITABLE, "", e -> mode(e, "rwxrwxrwx")),
        fault("manifest writable", Miss.Reason.WRITABLE, "manifest", e -> w(e, "manifest")),
        fault("data writable", Miss.Reason.WRITABLE, "m.ji", e -> w(e, "m.ji")),
        fault("entry not ours", Miss.Reason.NOT_OWNED, "", e -> give(e)),
        fault("manifest not ours", Miss.Reason.NOT_OWNED, "manifest", e -> give(e, "manifest")),
        fault("data not ours", Miss.Reason.NOT_OWNED, "m.ji", e -> give(e, "m.ji")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aFaultIsAMissWithItsReason(String name, Miss.Reason reason, String file, Fault fault)
      throws IOException {
    assumeTrue(reason != Miss.Reason.NOT_OWNED || isRoot(), "not run: only root can give away");
    fault.in(entry);
    try (Store store = Store.open(config)) {
      Miss miss = (Miss) store.get(Entries.key(1));
      assertThat(miss.reason()).as(miss.text()).isEqualTo(reason);
      assertThat(miss.file()).isEqualTo(file);
      Path quarantine = folder.resolve("s/v1/quarantine");
      assertThat(Bytes.names(quarantine)).hasSize(reason.isEvidence() ? 2 : 0);
      if (reason.isEvidence()) {
        Path text = quarantine.resolve(Bytes.names(quarantine).getLast());
        assertThat(text).content().contains(Entries.key(1).hex()).contains(reason.id());
        assertThat(entry).doesNotExist();
      }
      boolean isKept = reason == Miss.Reason.VERSION;
      try (Hit hit = store.getOrBuild(Entries.key(1), Entries::build)) {
        assertThat(hit.isStored()).isEqualTo(!isKept);
        Entries.requireRight(hit, 1);
      }
      if (isKept) {
        assertThat(Entries.reason(store, 1)).isEqualTo(reason);
      } else {
        Entries.requireHit(store, 1);
      }
    }
    assertThat(folder.resolve("outside/manifest")).as("what links led to").doesNotExist();
  }

  /** All of them again, found by the one who builds instead of the one who looks. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aBuildPutsAFaultAside(String name, Miss.Reason reason, String file, Fault fault)
      throws IOException {
    assumeTrue(reason != Miss.Reason.NOT_OWNED || isRoot(), "not run: only root can give away");
    fault.in(entry);
    try (Store store = Store.open(config)) {
      store.getOrBuild(Entries.key(1), Entries::build).close();
      if (reason != Miss.Reason.VERSION) {
        Entries.requireHit(store, 1);
      }
    }
  }

  @Test
  void aByteOfAMemberIsFoundByTheFullTier() throws IOException {
    flip(entry, "notes.txt", 50);
    flip(entry, "m.ji", 6000);
    try (Store store = Store.open(config)) {
      Expectations full = Expectations.none().withTier(Tier.FULL);
      Miss miss = (Miss) store.get(Entries.key(1), full);
      assertThat(miss.reason()).isEqualTo(Miss.Reason.DAMAGED);
      assertThat(miss.structure()).isEqualTo("section bytes");
      assertThat(miss.offset()).isEqualTo(4096);
      store.getOrBuild(Entries.key(1), full, Entries::build).close();
      flip(entry, "notes.txt", 50);
      assertThat(((Miss) store.get(Entries.key(1), full)).file()).isEqualTo("notes.txt");
    }
  }

  @Test
  void aLinkOnTheWayIsNotFollowed() throws IOException {
    Path group = Entries.key(1).place().group(Layout.in(config.folder()).entries());
    Path outside = folder.resolve("outside");
    Files.move(group, outside);
    Files.createSymbolicLink(group, outside);
    try (Store store = Store.open(config)) {
      assertThat(Entries.reason(store, 1)).isEqualTo(Miss.Reason.LINK);
      try (Hit hit = store.getOrBuild(Entries.key(1), Entries::build)) {
        Entries.requireRight(hit, 1);
        assertThat(hit.isStored()).isFalse();
      }
    }
    assertThat(Bytes.names(outside)).hasSize(1);
  }

  @Test
  void everyFlippedByteOfAManifestIsAMissAndNeverAWrongHit() throws IOException {
    byte[] manifest = Files.readAllBytes(entry.resolve("manifest"));
    try (Store store = Store.open(config)) {
      for (int i = 0; i < manifest.length; i++) {
        Files.createDirectories(entry);
        Bytes.writeFlipped(entry.resolve("manifest"), manifest, i, 0x10);
        try (Lookup lookup = store.lookups().look(Entries.key(1), Expectations.none())) {
          assertThat(lookup).isInstanceOf(Miss.class);
        }
      }
    }
  }

  @Test
  void aStoreOfAnotherLayoutIsLeftAlone() throws IOException {
    Path later = Files.createDirectories(folder.resolve("s/v2/entries/x"));
    Files.writeString(later.resolve("y"), "z");
    try (Store store = Store.open(config)) {
      Entries.requireHit(store, 1);
      store.clear();
    }
    assertThat(later.resolve("y")).hasContent("z");
  }

  private static void cut(Path entry, String name, int size) throws IOException {
    Path file = entry.resolve(name);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), size));
  }

  private static void flip(Path entry, String name, int offset) throws IOException {
    Path file = entry.resolve(name);
    Bytes.writeFlipped(file, Files.readAllBytes(file), offset, 1);
  }

  private static void delete(Path entry, String name) throws IOException {
    Files.delete(entry.resolve(name));
  }

  private static void another(Path entry) throws IOException {
    Manifest own = Manifest.decode(Files.readAllBytes(entry.resolve("manifest")), "m");
    byte[] other = Manifest.encode(Entries.key(2), false, own.members(), Optional.empty());
    Files.write(entry.resolve("manifest"), other);
  }

  private static void later(Path entry) throws IOException {
    byte[] bytes = Files.readAllBytes(entry.resolve("manifest"));
    bytes[8] = 9;
    int body = bytes.length - Sha256.SIZE;
    System.arraycopy(Sha256.of(bytes, 0, body), 0, bytes, body, Sha256.SIZE);
    Files.write(entry.resolve("manifest"), bytes);
  }

  /** Another key's data of the same size, whole and right in itself. */
  private static void swap(Path entry) throws IOException {
    StoreConfig other = StoreConfig.in(entry.resolveSibling("other"));
    Entries.make(other, 8);
    Files.write(
        entry.resolve("m.ji"), Files.readAllBytes(Entries.folder(other, 8).resolve("m.ji")));
    PrivateFiles.remove(other.folder());
  }

  /** Moves it away and leaves a link to it. */
  private static void link(Path path) throws IOException {
    Path moved = path.resolveSibling("moved");
    Files.move(path, moved);
    Files.createSymbolicLink(path, moved);
  }

  private static void folder(Path path) throws IOException {
    Files.delete(path);
    Files.createDirectory(path);
  }

  private static void file(Path path) throws IOException {
    PrivateFiles.remove(path);
    Files.createFile(path);
  }

  private static void mode(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private static void w(Path entry, String name) throws IOException {
    mode(entry.resolve(name), "rw--w----");
  }

  private static void give(Path path) throws IOException {
    Files.setAttribute(path, "unix:uid", OTHER_USER, LinkOption.NOFOLLOW_LINKS);
  }

  private static void give(Path entry, String name) throws IOException {
    give(entry.resolve(name));
  }

  private static boolean isRoot() throws IOException {
    return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  /** The reasons that no fault here has. */
  @Test
  void allReasonsAreTested() {
    List<Miss.Reason> here =
        faults().map(fault -> (Miss.Reason) fault.get()[1]).distinct().toList();
    assertThat(Miss.Reason.values())
        .filteredOn(reason -> !here.contains(reason))
        .containsExactlyInAnyOrder(
            Miss.Reason.UNSIGNED, // StoreTest
            Miss.Reason.SIGNATURE,
            Miss.Reason.STALE,
            Miss.Reason.UNREADABLE, // ReadOnlyTest
            Miss.Reason.CHANGING); // ChangingEntryTest
  }
}
