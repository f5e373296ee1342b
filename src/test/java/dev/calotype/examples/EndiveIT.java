package dev.calotype.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.cache.Store;
import dev.calotype.cache.StoreConfig;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Endive with the store behind its cache: a real Wasm module, two versions of Endive. Of its
 * compiler there is one version, which works with two of its runtime.
 */
final class EndiveIT {
  private static final String MODULE = "dev.calotype.examples.endive";
  private static final Path FIRST = Examples.libraries("endive");
  private static final Path SECOND = Examples.libraries("endive-runtime");

  @TempDir static Path shared;
  private static Path classes = Path.of("");
  private static Path wasm = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void compile() {
    classes = shared.resolve("classes");
    Examples.compile(Examples.sources("endive"), classes, FIRST).succeeded();
    wasm = shared.resolve("sample.wasm");
    Tools.require("wasm-ld-19");
    Run.of(
            Tools.require("clang-19"),
            "--target=wasm32",
            "-O2",
            "-nostdlib",
            "-fno-builtin",
            "-Wl,--no-entry",
            "-Wl,--export-dynamic",
            Examples.sources("endive").resolve("sample.c").toString(),
            "-o",
            wasm.toString())
        .succeeded();
  }

  @Test
  void eachEndiveAndEachSetOfOptionsFindsItsOwnCodeInOneStore() throws IOException {
    Endive first = Endive.in(FIRST);
    Endive second = Endive.in(SECOND, FIRST);
    List<Callable<String>> runs =
        List.of(
            () -> first.run(store(), "-", "primes", "50000"),
            () -> second.run(store(), "-", "primes", "50000"),
            () -> first.run(store(), "0", "primes", "50000"),
            () -> second.run(store(), "0", "primes", "50000"));
    for (String how : List.of("compiled, absent", "from the store")) {
      assertThat(runs).extracting(Callable::call).containsOnly("5133 (%s)".formatted(how));
    }
    assertThat(entries()).hasSize(4);
  }

  @Test
  void aRebuiltCompilerOfTheSameVersionIsAnotherOne() throws IOException {
    Path rebuilt = Files.createDirectory(folder.resolve("rebuilt"));
    try (Stream<Path> jars = Files.list(FIRST)) {
      Path jar =
          jars.filter(it -> String.valueOf(it.getFileName()).startsWith("compiler"))
              .findFirst()
              .orElseThrow();
      Path copy = Files.copy(jar, rebuilt.resolve("compiler.jar"));
      try (FileSystem zip =
          FileSystems.newFileSystem(URI.create("jar:" + copy.toUri()), Map.of())) {
        Files.writeString(zip.getPath("built-again"), "");
      }
    }
    assertThat(Endive.in(FIRST).run(store(), "-", "fib", "15")).isEqualTo("610 (compiled, absent)");
    assertThat(Endive.in(rebuilt, FIRST).run(store(), "-", "fib", "15"))
        .isEqualTo("610 (compiled, absent)");
  }

  @Test
  void aDamagedEntryIsPutAsideAndCompiledAgain() throws IOException {
    Endive endive = Endive.in(FIRST);
    endive.run(store(), "-", "fib", "15");
    Path data = entries().getFirst();
    byte[] bytes = Files.readAllBytes(data);
    bytes[6_000] ^= 1;
    Files.write(data, bytes);
    assertThat(endive.run(store(), "-", "fib", "15")).isEqualTo("610 (compiled, damaged)");
    assertThat(endive.run(store(), "-", "fib", "15")).isEqualTo("610 (from the store)");
    try (Stream<Path> aside = Files.list(store().resolve("v1/quarantine"))) {
      assertThat(aside).isNotEmpty();
    }
  }

  @Test
  void whatIsEvictedIsCompiledAgainAndTwoAtOnceLeaveOneEntry() throws Exception {
    Endive endive = Endive.in(FIRST);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        answers.add(threads.submit(() -> endive.run(store(), "-", "hash", "7", "100")));
      }
      assertThat(answers.get(0).get().split(" ", 2)[0])
          .isEqualTo(answers.get(1).get().split(" ", 2)[0]);
    }
    assertThat(entries()).hasSize(1);
    try (Store store = Store.open(StoreConfig.in(store()))) {
      assertThat(store.clear()).isEqualTo(1);
    }
    assertThat(endive.run(store(), "-", "fib", "15")).isEqualTo("610 (compiled, absent)");
  }

  private Path store() {
    return folder.resolve("store");
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.walk(store().resolve("v1/entries"))) {
      return files.filter(it -> it.endsWith("module.ji")).toList();
    }
  }

  /** The example with a version of Endive, in a layer of its own. */
  private record Endive(Method method) {
    static Endive in(Path... libraries) {
      List<Path> path = new ArrayList<>(List.of(classes, Examples.JAR));
      path.addAll(List.of(libraries));
      ModuleLayer boot = ModuleLayer.boot();
      Configuration configuration =
          Configuration.resolve(
              ModuleFinder.of(path.toArray(Path[]::new)),
              List.of(boot.configuration()),
              ModuleFinder.of(),
              Set.of(MODULE));
      ModuleLayer layer =
          ModuleLayer.defineModulesWithOneLoader(
                  configuration, List.of(boot), ClassLoader.getPlatformClassLoader())
              .layer();
      try {
        return new Endive(
            layer
                .findLoader(MODULE)
                .loadClass(MODULE + ".RunWasm")
                .getMethod("run", String[].class));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }

    String run(Path store, String interpreted, String function, String... numbers) {
      List<String> arguments =
          new ArrayList<>(List.of(store.toString(), wasm.toString(), interpreted, function));
      arguments.addAll(List.of(numbers));
      try {
        return String.valueOf(method.invoke(null, (Object) arguments.toArray(String[]::new)));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }
  }
}
