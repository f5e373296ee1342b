package dev.calotype.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Libraries;
import dev.calotype.testing.Run;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every folder of examples/ is a module compiled with the jar, and the runtime that it is for, on
 * the module path.
 */
final class ExamplesIT {
  private static final Path JAR = Examples.JAR;
  private static final Path EXAMPLES = Examples.sources("");

  @Test
  void everyExampleCompilesAgainstTheJarWithoutAWarning(@TempDir Path folder) throws IOException {
    List<Path> examples;
    try (Stream<Path> folders = Files.list(EXAMPLES)) {
      examples = folders.filter(Files::isDirectory).sorted().toList();
    }
    assertThat(examples).isNotEmpty();
    for (Path example : examples) {
      Path name = example.getFileName();
      Path libraries = Examples.libraries(name.toString());
      Run run = Examples.compile(example, folder.resolve(name), libraries);
      assertThat(run).as(example.toString()).isEqualTo(new Run(0, "", ""));
    }
  }

  @Test
  void theFirstLinesBootWithTheJarAloneAndDoWhatTheySay(@TempDir Path folder) {
    Path classes = folder.resolve("classes");
    Examples.compile(EXAMPLES.resolve("first-lines"), classes).succeeded();
    Run run =
        Run.of(
            Map.of(),
            List.of(
                tool("java"),
                "--illegal-native-access=deny",
                "--module-path",
                JAR + File.pathSeparator + classes,
                "--module",
                "dev.calotype.examples.firstlines/dev.calotype.examples.firstlines.FirstLines",
                Libraries.ofTheJdk("libnet.so").toString(),
                folder.toString()));
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).matches("code: [1-9]\\d* bytes for \\w+-elf"),
            line -> assertThat(line).isEqualTo("absent: library.ji"),
            line -> assertThat(line).matches("fresh: [1-9]\\d* sections"),
            line -> assertThat(line).isEqualTo("joined: the same"));
    assertThat(run.exit()).isZero();
  }

  @Test
  void aModuleThatReachesForAHiddenPackageDoesNotCompile(@TempDir Path folder) throws IOException {
    assertThat(compileUser(folder, "dev.calotype.image.Image").exit()).isZero();

    Run hidden = compileUser(folder, "dev.calotype.bytes.ByteView");
    assertThat(hidden.exit()).isEqualTo(1);
    assertThat(hidden.err())
        .contains("package dev.calotype.bytes is declared in module dev.calotype")
        .contains("does not export it")
        .contains("1 error");
  }

  /** Compiles a module whose only class names {@code type}. */
  private static Run compileUser(Path folder, String type) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("user"));
    Files.writeString(
        sources.resolve("module-info.java"), "module user { requires dev.calotype; }");
    Files.writeString(
        sources.resolve("User.java"),
        "package user; final class User { Class<?> it = %s.class; }".formatted(type));
    return Examples.compile(sources, folder.resolve("classes"));
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }
}
