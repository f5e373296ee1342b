package dev.calotype.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example language as its users start it, and what may happen to its store. */
final class SepiaIT {
  @TempDir Path folder;

  private Path log = Path.of("");

  /** A {@code cc} on the PATH that notes how it was called, and a program of three modules. */
  @BeforeEach
  void compilerThatIsCounted() throws IOException {
    log = folder.resolve("cc.log");
    compiler("");
    write(
        "main",
        """
        import sums;
        import other;
        export fn main(): int {
          print("sum: ", sums.sum());
          if args() > 1 {
            print(other.never());
          }
          return 7;
        }
        """);
    write(
        "sums",
        """
        table odd: [int] = [1, 3, 5, 7];
        export fn sum(): int {
          let all = 0;
          for i in 0..len(odd) { all = all + odd[i]; }
          return all;
        }
        """);
    write("other", "export fn never(): bytes { return \"never called\"; }");
  }

  @Test
  void theSecondRunStartsNeitherCompilerNorLinker() throws IOException {
    Run first = sepia("run", "--explain", main());
    assertThat(first.out()).isEqualTo("sum: 16\n");
    assertThat(first.exit()).isEqualTo(7);
    assertThat(first.err()).contains("3 compiled").containsPattern("\\(program\\) +linked .* new");
    assertThat(calls(" -c ")).hasSize(3);
    assertThat(calls(" -shared ")).hasSize(1);
    assertThat(calls("--version")).hasSize(1);

    Files.delete(log);
    Run second = sepia("run", "--explain", main());
    assertThat(second.out()).isEqualTo("sum: 16\n");
    assertThat(second.exit()).isEqualTo(7);
    assertThat(second.err())
        .contains("3 fresh, 0 with new code, 0 compiled")
        .containsPattern("\\(program\\) +fresh");
    assertThat(log).doesNotExist();
  }

  /** The files of the example are older than a clock is coarse; those of a test are not. */
  @Test
  void aProgramWhoseFilesLookAsBeforeIsAllThatIsLookedAtAndIsLinkedAgainIfDamaged()
      throws IOException {
    String tour = SepiaExample.SOURCES.resolve("programs").resolve("tour.sepia").toString();
    String expected = sepia("run", tour).succeeded().out();
    for (String member : List.of("O2.so", "data.ji", "manifest")) {
      Run second = sepia("run", "--explain", tour);
      assertThat(second.err()).contains("only the program was looked at", "3 fresh");
      assertThat(second.out()).isEqualTo(expected);

      Files.delete(log);
      Path program = members("O2.so").getFirst().resolveSibling(member);
      damage(program);
      Run third = sepia("run", "--explain", tour);
      assertThat(third.out()).isEqualTo(expected);
      assertThat(third.err()).containsPattern("\\(program\\) +linked");
      assertThat(calls(" -c ")).isEmpty();
      assertThat(calls(" -shared ")).hasSize(1);
    }
  }

  @Test
  void aModuleWithoutMainIsBuiltAndNotRun() throws IOException {
    String other = folder.resolve("other.sepia").toString();
    assertThat(sepia("build", other)).isEqualTo(new Run(0, "", ""));
    assertThat(calls(" -shared ")).isEmpty();
    assertThat(sepia("run", other))
        .isEqualTo(new Run(74, "", "sepia: other exports no 'fn main(): int'\n"));
  }

  @Test
  void theLanguageMeansTheSameAtEveryLevel() throws IOException {
    Path program = SepiaExample.SOURCES.resolve("programs").resolve("tour.sepia");
    Path check = folder.resolve("check.sepia");
    Files.copy(SepiaExample.SOURCES.resolve("programs").resolve("check.sepia"), check);
    String expected =
        Files.readString(
            SepiaExample.SOURCES.resolve("programs").resolve("check.expected"),
            StandardCharsets.ISO_8859_1);
    for (String level : List.of("-O0", "-O3")) {
      assertThat(sepia("run", level, check.toString(), "12", "é"))
          .isEqualTo(new Run(0, expected, ""));
    }
    assertThat(sepia("run", program.toString()).succeeded().out())
        .contains("circle of radius 2: 12.566370614359172", "longest: negative,");
  }

  @Test
  void aMistakeOfTheProgramEndsItWithOneLine() throws IOException {
    write(
        "wrong",
        """
        table three: [int] = [1, 2, 3];
        fn deep(n: int): int { return deep(n + 1) + 1; }
        export fn main(): int {
          print("before");
          let n = parse(arg(0));
          if n == 0 { return 1 / n; }
          if n == 1 { return three[3]; }
          if n == 2 { print(slice("abc", 2, 1)); }
          if n == 3 { return parse("12x"); }
          return deep(0);
        }
        """);
    String wrong = folder.resolve("wrong.sepia").toString();
    String[] expected = {
      "wrong.main: 1 divided by 0",
      "wrong.main: index 3 of 3",
      "wrong.main: slice from 2 to 1",
      "wrong.main: no number at byte 2 of 3",
      "wrong.deep: recursion too deep"
    };
    for (int n = 0; n < expected.length; n++) {
      assertThat(sepia("run", "-O1", wrong, Integer.toString(n)))
          .isEqualTo(new Run(70, "before\n", "sepia: " + expected[n] + "\n"));
    }
  }

  @Test
  void aMistakeInTheSourceIsShownWhereItIs() throws IOException {
    write("sums", "export fn sum(): int {\n\treturn \"a\" + 1;\n}");
    Run run = sepia("build", main());
    assertThat(run.exit()).isEqualTo(65);
    assertThat(run.err())
        .isEqualTo(
            folder.resolve("sums.sepia")
                + ":2:15: expected bytes, and this is int\n"
                + "    \treturn \"a\" + 1;\n"
                + "    \t             ^\n");
    assertThat(calls(" -c ")).isEmpty();
    assertThat(sepia("build", "--cc", "no-such-cc", main()).err())
        .isEqualTo("sepia: there is no 'no-such-cc' on the PATH\n");
    assertThat(sepia("build", folder.resolve("absent.sepia").toString()).err())
        .endsWith("absent.sepia: there is no such file\n");
  }

  @Test
  void twoProcessesCompileEachModuleOnceInTotal() throws IOException {
    List<CompletableFuture<Run>> runs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      runs.add(CompletableFuture.supplyAsync(() -> sepia("run", main())));
    }
    for (CompletableFuture<Run> run : runs) {
      assertThat(run.join()).isEqualTo(new Run(7, "sum: 16\n", ""));
    }
    assertThat(calls(" -c ")).hasSize(3);
    assertThat(calls(" -shared ")).hasSize(1);
  }

  @Test
  void aBuildThatIsKilledWhileItLinksCompilesNothingTwice() throws IOException {
    compiler("case \"$*\" in *-shared*) kill -9 $PPID; exit 1 ;; esac");
    assertThat(sepia("run", main()).exit()).isEqualTo(137);

    compiler("");
    Files.delete(log);
    assertThat(sepia("run", main())).isEqualTo(new Run(7, "sum: 16\n", ""));
    assertThat(calls(" -c ")).isEmpty();
    assertThat(calls(" -shared ")).hasSize(1);
  }

  @Test
  void aBuildThatIsKilledIsTakenUpByTheNext() throws IOException {
    compiler("case \"$*\" in *other.c*) kill -9 $PPID; exit 1 ;; esac");
    assertThat(sepia("run", main()).exit()).isEqualTo(137);

    compiler("");
    assertThat(sepia("run", main())).isEqualTo(new Run(7, "sum: 16\n", ""));
    Files.delete(log);
    assertThat(sepia("run", main())).isEqualTo(new Run(7, "sum: 16\n", ""));
    assertThat(log).doesNotExist();
  }

  @Test
  void aDamagedEntryIsCompiledAgainAndNeverRun() throws IOException {
    sepia("build", main());
    for (String command : List.of("run", "build")) {
      List<Path> files = members("manifest", ".ji", ".o", ".so");
      assertThat(files).hasSize(12);
      for (Path file : files) {
        damage(file);
      }
      boolean isRun = command.equals("run");
      assertThat(sepia(command, main()))
          .isEqualTo(isRun ? new Run(7, "sum: 16\n", "") : new Run(0, "", ""));
      Files.delete(log);
      assertThat(sepia("run", main())).isEqualTo(new Run(7, "sum: 16\n", ""));
      assertThat(log).doesNotExist();
    }
  }

  /** The files in the store with one of these endings. */
  private List<Path> members(String... endings) throws IOException {
    try (Stream<Path> all = Files.walk(folder.resolve("store/store/v1/entries"))) {
      return all.filter(file -> Arrays.stream(endings).anyMatch(file.toString()::endsWith))
          .sorted()
          .toList();
    }
  }

  private static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 0x20;
    Files.write(file, bytes);
  }

  @Test
  void onAFullDiskTheProgramRunsOrOneLineSaysWhyNot() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    String mount = Tools.require("mount");
    boolean isMounted = mount(mount, "size=4k", disk);
    assumeTrue(isMounted, "not run: no leave to mount a file system");
    try {
      for (String size : List.of("32k", "120k", "300k")) {
        mount(mount, "remount,size=" + size, disk);
        Run run = sepia(disk, "run", main());
        if (run.exit() == 74) {
          assertThat(run.out()).isEmpty();
          // A linker's own words may be lost on the same disk.
          assertThat(run.err())
              .hasLineCount(1)
              .matches("(?s)sepia: .*(No space left|cc failed with exit code).*");
        } else {
          assertThat(run).isEqualTo(new Run(7, "sum: 16\n", ""));
        }
      }
      mount(mount, "remount,size=32m", disk);
      assertThat(sepia(disk, "run", main())).isEqualTo(new Run(7, "sum: 16\n", ""));
      assertThat(sepia(disk, "run", "--explain", main()).err()).contains("3 fresh");
    } finally {
      Run.of(Tools.require("umount"), disk.toString()).succeeded();
    }
  }

  private static boolean mount(String mount, String options, Path disk) {
    return Run.of(mount, "-t", "tmpfs", "-o", options, "tmpfs", disk.toString()).exit() == 0;
  }

  private Run sepia(String... arguments) {
    return sepia(folder.resolve("store"), arguments);
  }

  private Run sepia(Path store, String... arguments) {
    Map<String, String> environment =
        Map.of(
            "PATH",
            folder.resolve("bin") + File.pathSeparator + System.getenv("PATH"),
            "LC_ALL",
            "C.UTF-8",
            "SEPIA_STORE",
            store.toString());
    return SepiaExample.run(environment, Arrays.asList(arguments));
  }

  /** How the compiler was called, as far as the words have that in them. */
  private List<String> calls(String words) throws IOException {
    return Files.exists(log)
        ? Files.readAllLines(log).stream().filter(call -> call.contains(words)).toList()
        : List.of();
  }

  private void compiler(String first) throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path script = bin.resolve("cc");
    Files.writeString(
        script,
        "#!/bin/sh\n%s\necho \" $* \" >>'%s'\nexec %s \"$@\"\n"
            .formatted(first, log, Tools.require("cc")));
    assertThat(script.toFile().setExecutable(true)).isTrue();
  }

  private String main() {
    return folder.resolve("main.sepia").toString();
  }

  private void write(String module, String text) throws IOException {
    Files.writeString(folder.resolve(module + ".sepia"), text);
  }
}
