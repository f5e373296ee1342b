package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Run;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own, with real standard streams. */
final class ProcessTest {
  private static final Path LIBRARY = Libraries.ofTheJdk("libnet.so");

  @Test
  void exitCodeAndStreamsAreThoseOfTheCommand() throws Exception {
    Run version = calotype("", "--version").succeeded();
    assertThat(version.out()).isEqualTo("calotype " + Main.version() + "\n");
    assertThat(version.err()).isEmpty();
    Run missing = calotype("", "inspect", "missing");
    assertThat(missing).isEqualTo(new Run(74, "", "calotype: missing: no such file\n"));
  }

  @Test
  void aReaderThatHasEnoughIsNoError() throws Exception {
    Run run =
        calotype("| head -n 1", "inspect", "--symbols", Libraries.ofTheJdk("server/libjvm.so"));
    assertThat(run.succeeded().out()).hasLineCount(1);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void aFullDiskUnderStandardOutputIsSaid() throws Exception {
    if (!Files.exists(Path.of("/dev/full"))) {
      return;
    }
    for (String json : List.of("--verbose", "--json")) {
      Run run = calotype("> /dev/full", "inspect", json, LIBRARY);
      assertThat(run.exit()).isEqualTo(74);
      assertThat(run.err()).isEqualTo("calotype: standard output: no space left on device\n");
    }
  }

  @Test
  void filesThatDoNotFitLeaveNothingBehind(@TempDir Path folder) throws Exception {
    // A limit on the size of files fails as a full disk does, amid writing.
    Path image = Libraries.ofTheJdk("server/libjvm.so");
    Run run =
        Run.of(
            "sh",
            "-c",
            "ulimit -f 1000; " + command(Run.programClassPath(), "split", image, "-o", folder));
    assertThat(run.exit()).isEqualTo(74);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).isEqualTo("calotype: " + folder + ": file too large\n");
    assertThat(Bytes.names(folder)).isEmpty();
  }

  @Test
  void filesGetNoColoursAndTextNeedsNoJson() throws Exception {
    Run run = calotype("", "inspect", LIBRARY).succeeded();
    assertThat(run.out()).doesNotContain("\u001b");
    String jackson = Run.jar(JsonFactory.class);
    assertThat(Run.programClassPath()).contains(jackson);
    Run without =
        run(
            Run.programClassPath().replace(File.pathSeparator + jackson, ""),
            "",
            "inspect",
            LIBRARY);
    assertThat(without.succeeded().out()).isEqualTo(run.out());
  }

  private static Run calotype(String redirection, Object... args) throws Exception {
    return run(Run.programClassPath(), redirection, args);
  }

  private static Run run(String classPath, String redirection, Object... args) {
    return Run.of(Map.of(), List.of("sh", "-c", command(classPath, args) + " " + redirection));
  }

  private static String command(String classPath, Object... args) {
    StringBuilder command = new StringBuilder();
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    command.append('\'').append(java).append("' -XX:+UseSerialGC -cp '").append(classPath);
    command.append("' ").append(Main.class.getName());
    for (Object arg : args) {
      command.append(" '").append(arg).append('\'');
    }
    return command.toString();
  }
}
