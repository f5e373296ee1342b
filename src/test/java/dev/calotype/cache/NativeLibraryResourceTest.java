package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.cache.NativeLibraryResource.Answer;
import dev.calotype.cache.NativeLibraryResource.Ready;
import dev.calotype.cache.NativeLibraryResource.Unusable;
import dev.calotype.ji.Host;
import dev.calotype.load.LibraryHost;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Run;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries out of jars, through a store. */
final class NativeLibraryResourceTest {
  private static final String SQLITE = "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so";
  private static final LibraryHost HERE = LibraryHost.current();

  @TempDir Path folder;

  private final AtomicInteger unpacked = new AtomicInteger();
  private byte[] library = {};
  private NativeLibraryResource resource =
      NativeLibraryResource.of("x", sha256(library), () -> null);

  @BeforeEach
  void makeLibrary() throws IOException {
    library = Files.readAllBytes(Libraries.Toolchain.GNU.link(folder));
    resource = resource(library, sha256(library));
  }

  @Test
  void aLibraryIsUnpackedOnceAndIsItsOwnersAlone() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (Store store = open();
          Answer answer = resource.ensure(store, HERE)) {
        Path path = ((Ready) answer).path();
        assertThat(path).hasBinaryContent(library).hasFileName("libmine.so");
        assertThat(((Ready) answer).file().size()).isEqualTo(library.length);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .isEqualTo("rw-------");
        assertThat(Files.getPosixFilePermissions(path.resolveSibling("")))
            .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      }
    }
    assertThat(unpacked).hasValue(1);
  }

  @Test
  void aTornOrForgedLibraryIsUnpackedAgain() throws IOException {
    Path path = path();
    Files.write(path, Arrays.copyOf(library, library.length / 2));
    assertThat(path()).hasBinaryContent(library);
    byte[] poisoned = library.clone();
    poisoned[poisoned.length / 2] ^= 1;
    Files.write(path, poisoned);
    assertThat(path()).hasBinaryContent(library);
    assertThat(unpacked).hasValue(3);

    // Published as if it were right, so that the store itself finds nothing wrong.
    try (Store store = open()) {
      Key key =
          Key.of("dev.calotype native library 1")
              .with("name", "libmine.so")
              .with("sha256", sha256(library));
      assertThat(store.evict(key)).isTrue();
      store.getOrBuild(key, (_, draft) -> Files.write(draft.file("libmine.so"), poisoned)).close();
    }
    assertThat(path()).hasBinaryContent(library);
    assertThat(unpacked).hasValue(4);
  }

  @Test
  void whatIsNotTheLibraryIsNeverLoadedAndSaysSo() throws IOException {
    NativeLibraryResource other = resource(library, "ab".repeat(32));
    NativeLibraryResource none =
        NativeLibraryResource.of(
            "libmine.so", "ef".repeat(32), () -> getClass().getResourceAsStream("no/libmine.so"));
    NativeLibraryResource failing =
        NativeLibraryResource.of(
            "libmine.so",
            "cd".repeat(32),
            () -> {
              throw new FileNotFoundException("gone");
            });
    assertThat(sentence(other, HERE))
        .isEqualTo(
            "libmine.so can't be unpacked: libmine.so: its SHA-256 is %s, expected %s"
                .formatted(sha256(library), "ab".repeat(32)));
    assertThat(sentence(none, HERE)).isEqualTo("libmine.so can't be unpacked: no such resource");
    assertThat(sentence(failing, HERE)).isEqualTo("libmine.so can't be unpacked: gone");
    byte[] torn = Arrays.copyOf(library, 9_000);
    assertThat(sentence(resource(torn, sha256(torn)), HERE)).contains("libmine.so is damaged: ");
  }

  @Test
  void aMachineThatDoesNotTakeItIsToldWhyInOneSentence() throws IOException {
    Host arm = new Host("aarch64-elf", Set.of(), 4_096);
    assertThat(sentence(resource, HERE.withMachine(arm)))
        .endsWith("libmine.so can't be loaded here: it is for x86_64-elf, and this is aarch64-elf");
    Path mounts = folder.resolve("mounts");
    Files.writeString(
        mounts,
        "1 1 0:1 / / rw - ext4 a rw\n2 1 0:2 / %s rw,noexec - tmpfs tmpfs rw\n"
            .formatted(folder.toRealPath()));
    assertThat(sentence(resource, HERE.withMounts(mounts)))
        .endsWith("can't be loaded here: nothing may be executed below " + folder.toRealPath());
  }

  @Test
  void twoProcessesAtOnceUnpackItOnceAndBothLoadIt() throws Exception {
    Path jar = sqlite();
    List<String> command =
        Run.javaCommand(
            List.of("--enable-native-access=ALL-UNNAMED"),
            Loading.class,
            folder.resolve("store").toString(),
            jar.toString(),
            SQLITE,
            sha256(entry(jar)));
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      processes.add(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out" + i).toFile())
              .start());
    }
    int count = 0;
    for (int i = 0; i < 2; i++) {
      assertThat(processes.get(i).waitFor()).isZero();
      String out = Files.readString(folder.resolve("out" + i));
      assertThat(out).endsWith("loaded\n");
      count += out.startsWith("unpacked") ? 1 : 0;
    }
    assertThat(count).isEqualTo(1);
  }

  /** A program that has a native library in a jar. */
  static final class Loading {
    private Loading() {}

    /** Takes the store's folder, the jar, the entry and its digest. */
    @SuppressWarnings("restricted")
    public static void main(String[] args) throws IOException {
      try (ZipFile jar = new ZipFile(args[1]);
          Store store = Store.open(StoreConfig.in(Path.of(args[0])));
          Answer answer =
              NativeLibraryResource.of(
                      "libsqlitejdbc.so",
                      args[3],
                      () -> {
                        System.out.println("unpacked");
                        return jar.getInputStream(jar.getEntry(args[2]));
                      })
                  .ensure(store, LibraryHost.current());
          Arena arena = Arena.ofConfined()) {
        Path path = ((Ready) answer).path();
        boolean isLoaded = SymbolLookup.libraryLookup(path, arena).find("JNI_OnLoad").isPresent();
        System.out.println(isLoaded ? "loaded" : "not what it should be");
      }
    }
  }

  private Store open() throws IOException {
    return Store.open(StoreConfig.in(folder.resolve("store")));
  }

  private Path path() throws IOException {
    try (Store store = open();
        Answer answer = resource.ensure(store, HERE)) {
      return ((Ready) answer).path();
    }
  }

  private String sentence(NativeLibraryResource from, LibraryHost host) throws IOException {
    try (Store store = open();
        Answer answer = from.ensure(store, host)) {
      return ((Unusable) answer).sentence();
    }
  }

  private NativeLibraryResource resource(byte[] bytes, String sha256) {
    return NativeLibraryResource.of(
        "libmine.so",
        sha256,
        () -> {
          unpacked.incrementAndGet();
          return new ByteArrayInputStream(bytes);
        });
  }

  private static Path sqlite() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("target", "natives", "load"))) {
      return jars.filter(it -> it.toString().contains("sqlite-jdbc")).findFirst().orElseThrow();
    }
  }

  private static byte[] entry(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile());
        InputStream stream = zip.getInputStream(zip.getEntry(SQLITE))) {
      return stream.readAllBytes();
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
