package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command up to the checkout's script, in whose place is one that prints its arguments. */
final class BenchCommandTest {
  @Test
  void withoutACheckoutOneLineSaysWhereTheBenchesAre() {
    Cli run = Cli.run("bench").failed(ExitCode.FOREIGN);
    assertThat(run.err())
        .isEqualTo("calotype: bench: the benches are in no jar; run ./calotype in a checkout\n");
  }

  @Test
  void whatMakesNoSenseIsWrongUsage() {
    assertThat(Cli.run("bench", "--quick", "--full").failed(ExitCode.USAGE).err())
        .contains("--quick and --full exclude each other");
    assertThat(Cli.run("bench", "--only", "(").failed(ExitCode.USAGE).err())
        .contains("--only: unclosed group");
    Cli.run("bench", "--seed", "x").failed(ExitCode.USAGE);
    Cli.run("bench", "extra").failed(ExitCode.USAGE);
  }

  @Test
  void theScriptGetsWhatWasAskedForAndItsExitCodeIsPassedOn(@TempDir Path folder)
      throws IOException {
    Path checkout = checkout(folder, "exit 3");
    Path old = Files.writeString(folder.resolve("old.json"), "{}");
    Path report = folder.resolve("a/report");
    Run run =
        bench(
            checkout,
            "--full",
            "--seed",
            "7",
            "--only",
            "a b",
            "-o",
            "" + report,
            "--against",
            "" + old);
    assertThat(run)
        .isEqualTo(new Run(3, "[full]\n[7]\n[" + report + "]\n[a b]\n[" + old + "]\n", ""));
    assertThat(report).isDirectory();
  }

  @Test
  void quickAllAndTheFoldersOfTheBuildAreWhatIsMeantByNothing(@TempDir Path folder)
      throws IOException {
    Path checkout = checkout(folder, "exit 0");
    Run run = bench(checkout).succeeded();
    assertThat(run.out().lines().map(line -> line.replaceAll("\\d{1,6}", "N")))
        .startsWith("[quick]", "[N]")
        .endsWith("[]", "[]");
    assertThat(run.out()).contains("[" + checkout.resolve("target/bench/report") + "]\n");
  }

  @Test
  void anEarlierReportThatIsNotThereIsSaidAtOnce(@TempDir Path folder) throws IOException {
    Run run = bench(checkout(folder, "exit 0"), "--against", "no.json");
    assertThat(run).isEqualTo(new Run(74, "", "calotype: no.json: no such file\n"));
  }

  private static Path checkout(Path folder, String end) throws IOException {
    Path script = Files.createDirectories(folder.resolve("tools")).resolve("run-benches");
    Files.writeString(script, "#!/bin/sh\nprintf '[%s]\\n' \"$@\"\n" + end + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  private static Run bench(Path checkout, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", Run.programClassPath()));
    command.addAll(List.of("dev.calotype.cli.Main", "bench"));
    command.addAll(List.of(arguments));
    return Run.of(Map.of(BenchCommand.CHECKOUT, checkout.toString()), command);
  }
}
