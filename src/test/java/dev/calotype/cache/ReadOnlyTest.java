package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.RefusedException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store on a file system that is mounted read-only, and files that can't be read. */
@EitherWay
class ReadOnlyTest {
  @TempDir Path folder;
  private StoreConfig config = StoreConfig.in(Path.of(""));

  @BeforeEach
  void makeEntry() throws IOException {
    config = StoreConfig.in(folder.resolve("s"));
    Entries.make(config, 1);
  }

  @Test
  void whatIsThereIsAHitAndWhatIsBuiltIsNotKept() throws IOException {
    List<String> before = Bytes.names(folder.resolve("s/v1"));
    assertThat(run("mkdir,access,faccessat,faccessat2", "EROFS", "s", "s/v1", "s/v1/work"))
        .isEqualTo(
            """
            built, not stored
            not stored more
            refused: the store can't be written to
            """);
    assertThat(Bytes.names(folder.resolve("s/v1"))).isEqualTo(before);
    try (Store store = Store.open(config)) {
      Entries.requireHit(store, 1);
    }
  }

  @Test
  void aStoreThatWasNeverMadeHasNothing() throws IOException {
    PrivateFiles.remove(folder.resolve("s/v1"));
    assertThat(run("mkdir,access,faccessat,faccessat2", "EROFS", "s", "s/v1", "s/v1/work"))
        .isEqualTo(
            """
            absent\s
            built, not stored
            absent
            refused: the store can't be written to
            """);
    assertThat(Bytes.names(folder.resolve("s"))).isEmpty();
  }

  @Test
  void aFileThatCanNotBeReadIsAMissWithTheSystemsWords() {
    Path manifest = Entries.folder(config, 1).resolve("manifest");
    assertThat(run("openat,open", "EIO", folder.relativize(manifest).toString()))
        .startsWith("unreadable ")
        .contains("Input/output error");
  }

  /** What the child says if these calls, on these paths, fail like that. */
  private String run(String calls, String error, String... paths) {
    List<String> command = new ArrayList<>(List.of(Tools.require("strace"), "-f", "-qq"));
    command.addAll(List.of("-o", "/dev/null", "-e", "trace=" + calls));
    command.addAll(List.of("-e", "inject=%s:error=%s".formatted(calls, error)));
    for (String path : paths) {
      command.addAll(List.of("-P", folder.resolve(path).toString()));
    }
    command.addAll(child());
    return Run.of(Map.of(), command).succeeded().out();
  }

  private List<String> child() {
    List<String> options = new ArrayList<>(NativeWay.options());
    options.add("-XX:-UsePerfData");
    return Run.javaCommand(options, Child.class, config.folder().toString());
  }

  /** Another process. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      try (Store store = Store.open(StoreConfig.in(Path.of(arguments[0])))) {
        try (Lookup lookup = store.get(Entries.key(1))) {
          switch (lookup) {
            case Hit hit -> Entries.requireRight(hit, 1);
            case Miss miss -> System.out.println(miss.reason().id() + " " + miss.text());
          }
        }
        if (store.isReadOnly()) {
          try (Hit hit = store.getOrBuild(Entries.key(2), Entries::build)) {
            Entries.requireRight(hit, 2);
            System.out.println(hit.isStored() ? "stored" : "built, not stored");
          }
          try (Lookup lookup =
              store.extend(
                  Entries.key(1),
                  ExtendTest.MORE,
                  (_, draft) -> Files.writeString(draft.file(ExtendTest.MORE), "more"))) {
            System.out.println(
                lookup instanceof Miss miss ? miss.reason().id() : ExtendTest.text(lookup));
          }
          try {
            store.evict(Entries.key(1));
          } catch (RefusedException e) {
            System.out.println("refused: " + e.reason());
          }
        }
      }
    }
  }
}
