package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MainTest {
  private static final String FOUND_IN_EVERY_HELP = "Usage: calotype ";

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V"})
  void versionIsOneLine(String option) {
    assertThat(Cli.run(option).succeeded().out()).matches("calotype \\d+\\.\\d+\\.\\d+\\R");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void helpListsEveryCommandWithWhatItDoesAndExamples(String option) {
    String help = Cli.run(option).succeeded().out();
    assertThat(help).contains(FOUND_IN_EVERY_HELP, "Commands:", "Examples:", "Exit codes:");
    for (String command :
        new String[] {
          "inspect", "find", "split", "join", "check", "embed", "wrap", "unwrap", "note", "link",
          "seal", "load", "codes", "graph", "cache", "bench", "demo"
        }) {
      assertThat(help).containsPattern("\\R  " + command + " +[A-Z].*\\.\\R");
    }
    assertThat(help).doesNotContain("train");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inspect", "find", "split", "join", "check", "embed", "wrap", "unwrap", "note", "link",
        "seal", "load", "codes", "bench", "demo", "train"
      })
  void everyCommandHasHelpWithUsageOptionsAndAnExample(String command) {
    String help = Cli.run(command, "--help").succeeded().out();
    assertThat(help)
        .startsWith(FOUND_IN_EVERY_HELP + command)
        .contains("Options:", "--help", "--verbose", "Examples:")
        .contains("\n  calotype " + command);
    assertThat(help.lines()).allMatch(line -> line.length() <= 100);
  }

  @ParameterizedTest
  @CsvSource({
    "'', a command is missing",
    "frob, unknown command 'frob'",
    "--frob, unknown option '--frob'",
    "inspect, FILE",
    "inspect --frob x, --frob",
    "find x, NAME",
    "split x, --output",
    "split x -o, --output",
    "split x -o y --as frob, frob",
    "split x y -o z, y",
    "join x y, --output",
    "join x -o y, CODE",
    "check, FILE",
    "check x --tier frob, frob",
    "check x y --code z, --code",
    "check x --json --json, --json",
    "wrap x -o y, --target",
    "wrap x --target y, --output",
    "wrap x -o y --target z --symbol s, --kept",
    "unwrap x, --output",
    "unwrap -o y, FILE",
    "demo x, x"
  })
  void wrongUsageIsOneLineThatNamesWhatIsWrongAndWhereHelpIs(String line, String named) {
    Cli run = line.isEmpty() ? Cli.run() : Cli.run((Object[]) line.split(" "));
    run.failed(ExitCode.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(named, "; try 'calotype ", "--help'");
  }

  @Test
  void wrongUsageWithLineBreaksInItIsStillOneLine() {
    assertThat(Cli.run("a\nb\u001b[2J").failed(ExitCode.USAGE).err()).contains("a\\nb\\u001b[2J");
    Cli.run("check", "--x\ny", "z").failed(ExitCode.USAGE);
  }

  @Test
  void aListNamesFilesAndOneThatIsMissingIsSaidByItsName(@TempDir Path folder) throws IOException {
    Path first = Files.createFile(folder.resolve("a b"));
    Path list = Files.writeString(folder.resolve("list"), first + "\n\n" + folder + "/none\n");
    Cli run = Cli.run("inspect", "--json", "@" + list);
    assertThat(run.json())
        .extracting(object -> object.get("file"))
        .containsExactly(first.toString(), folder + "/none");
    assertThat(Cli.run("inspect", "@" + folder + "/no list").failed(ExitCode.IO).err())
        .contains("no list: no such file");
    assertThat(Cli.run("inspect", "./@x").failed(ExitCode.IO).err()).contains("./@x: no such file");
  }

  @Test
  void aShapeThatAnotherCommandMakesNamesTheCommand() {
    assertThat(Cli.run("split", "x", "-o", "y", "--as", "within").failed(ExitCode.FOREIGN).err())
        .contains("calotype embed");
  }

  @Test
  void verboseAddsAStackTraceAfterTheLine() {
    String err = Cli.run("inspect", "--verbose", "absent").err();
    assertThat(err.lines().findFirst()).contains("calotype: absent: no such file");
    assertThat(err).contains("java.nio.file.NoSuchFileException", "\tat ");
  }
}
