package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Tools;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images with wrong bytes: an answer or one line of error from every command, nothing else. */
final class CliFuzzTest {
  private static final int HEADERS = 64 + 9 * 56;

  @Test
  void noBytesOfAnImageMakeACommandFailInAnotherWay(@TempDir Path folder) {
    byte[] library = Bytes.read(Libraries.ofTheJdk("libnet.so"));
    Path file = folder.resolve("lib.so");
    Path out = folder.resolve("lib.so.ji");
    int rounds = Tools.count(300, 20_000);
    for (int seed = 0; seed < rounds; seed++) {
      byte[] changed = library.clone();
      SplittableRandom random = new SplittableRandom(seed);
      int changes = random.nextInt(1, 6);
      for (int i = 0; i < changes; i++) {
        // Headers are at both ends; the rest is mostly code, which nothing here reads.
        int from = random.nextInt(3) == 0 ? library.length - 29 * 64 : 0;
        int at = from + random.nextInt(from == 0 ? HEADERS : 29 * 64);
        changed[at] = (byte) random.nextInt();
      }
      Bytes.write(file, changed);
      for (List<Object> command :
          List.<List<Object>>of(
              List.of("inspect", "--json", "--symbols", file),
              List.of("inspect", file),
              List.of("find", file, ".rodata"),
              List.of("check", file),
              List.of("split", file, "-o", folder, "--force"))) {
        Cli run = Cli.run(command.toArray());
        assertThat(run.status()).as("seed %d, %s: %s", seed, command, run).isIn(0, 1, 2, 3);
        assertThat(run.err().lines().count()).isLessThanOrEqualTo(1);
        if (command.contains("--json")) {
          assertThat(run.object()).containsKey("file");
        }
      }
      if (out.toFile().exists()) {
        joinsAgain(folder, changed);
      }
    }
  }

  /** What was split joins to the very bytes, however strange they are. */
  private static void joinsAgain(Path folder, byte[] original) {
    Path data = folder.resolve("lib.so.ji");
    Path code = folder.resolve("lib.so.code");
    Path again = folder.resolve("again.so");
    Cli.run("join", data, code, "-o", again, "--force").succeeded();
    assertThat(again).hasBinaryContent(original);
    for (Path file : List.of(data, code, again)) {
      assertThat(file.toFile().delete()).isTrue();
    }
  }
}
