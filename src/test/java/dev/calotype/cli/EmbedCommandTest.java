package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code embed}, and what the other commands say of what it made. */
final class EmbedCommandTest {
  private static final String TARGET = "x86_64-unknown-linux-gnu";

  @TempDir Path folder;
  private Path data = Path.of("");

  @BeforeEach
  void makeData() {
    Cli.run("split", Libraries.ofTheJdk("libnet.so"), "-o", folder).succeeded();
    data = folder.resolve("libnet.so.ji");
  }

  @Test
  void aSharedObjectAroundADataFileIsOne() {
    Map<String, Object> object =
        Cli.run("embed", data, "--target", TARGET, "-o", folder, "--json").succeeded().object();
    Path file = Path.of(String.valueOf(object.get("file")));
    assertThat(object).containsEntry("shape", "needed").containsKeys("dataId", "exports", "size");
    assertThat(file.getFileName()).hasToString(String.valueOf(object.get("soname")));
    assertThat(Cli.run("check", file).succeeded().out())
        .startsWith("fresh    " + file + "  (data file, full check")
        .hasLineCount(1);
    assertThat(Cli.run("inspect", file).succeeded().out()).contains("data file", "at 0x10000");
    assertThat(Cli.run("inspect", "--json", file).succeeded().object()).containsKey("dataFile");
    Path again = folder.resolve("again.so");
    Cli.run("join", file, folder.resolve("libnet.so.code"), "-o", again).succeeded();
    assertThat(again).hasSameBinaryContentAs(Libraries.ofTheJdk("libnet.so"));
  }

  @Test
  void exportsAreNamedAndWhatCantBeExportedIsRefused() {
    Path file = folder.resolve("a.so");
    assertThat(
            Cli.run("embed", data, "--target", TARGET, "--export", "t=.rodata:64+8", "-o", file)
                .succeeded()
                .out())
        .contains("needed as libnet-", "1 exported");
    assertThat(
            Cli.run("embed", data, "--target", TARGET, "--export", "t=.none", "-o", file, "--force")
                .failed(ExitCode.FOREIGN)
                .err())
        .contains("no section .none");
    Cli.run("embed", data, "--target", TARGET, "--export", "t", "-o", file).failed(ExitCode.USAGE);
    Cli.run("embed", data, "-o", file).failed(ExitCode.USAGE);
    Cli.run("embed", data, "--target", TARGET, "-o", file).failed(ExitCode.IO);
  }

  @Test
  void withinALibraryBothHalvesAreChecked() {
    Path library = Libraries.Toolchain.GNU.link(folder);
    Path file = folder.resolve("within.so");
    Cli.run("embed", data, "--in", library, "-o", file).succeeded();
    assertThat(Cli.run("check", file).succeeded().out())
        .contains("(data file, full check", "(code object, full check")
        .hasLineCount(2);
    byte[] bytes = Bytes.read(file);
    Bytes.writeFlipped(file, bytes, bytes.length / 3, 1);
    assertThat(Cli.run("check", file).status()).isEqualTo(ExitCode.DAMAGED.status());
    Path program = folder.resolve("none");
    assertThat(Files.exists(program)).isFalse();
    Cli.run("embed", data, "--in", program, "-o", file, "--force").failed(ExitCode.IO);
    Cli.run("embed", data, "--in", data, "-o", file, "--force").failed(ExitCode.FOREIGN);
  }
}
