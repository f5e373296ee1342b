package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoTest {
  @Test
  void everyStepHasTheExpectedResultAndItsCommand(@TempDir Path folder) {
    Path keep = folder.resolve("kept");
    String out = Cli.run("demo", "--keep", keep).succeeded().out();
    for (String command : List.of("inspect", "split", "check", "join")) {
      assertThat(out).contains("$ ./calotype " + command + " ");
    }
    assertThat(out)
        .contains("$ cp ", "| dd of=", "$ cmp ", "damaged  ", "identical, all ")
        .contains("Every step had the expected result");
    assertThat(Bytes.names(keep)).hasSize(4).contains("damaged.ji");
    assertThat(Cli.run("demo", "--keep", keep).failed(ExitCode.IO).err())
        .contains("this directory is not empty");
  }

  @Test
  void trainingRunsEveryCommandAndIsSilent() {
    assertThat(Cli.run("train").succeeded().out()).isEmpty();
  }
}
