package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Libraries;
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

/** From a data file to linked code that is tied to it, as a user goes. */
final class NoteSealTest {
  private static final String TARGET = "x86_64-unknown-linux-gnu";

  @TempDir Path folder;
  private Path data = Path.of("");

  @BeforeEach
  void makeData() {
    Cli.run("split", Libraries.ofTheJdk("libnet.so"), "-o", folder).succeeded();
    data = folder.resolve("libnet.so.ji");
  }

  @Test
  void linkedCodeIsStaleUntilItIsSealedAndFreshThen() throws IOException {
    Path library = link();
    assertThat(check(ExitCode.STALE, data, "--code", library).out())
        .contains("unsealed", "calotype seal " + library);
    assertThat(Cli.run("seal", library, "--data", data).succeeded().out())
        .startsWith("sealed  " + library);
    assertThat(Cli.run("check", data, "--code", library).succeeded().out())
        .contains("fresh    " + library + "  (code object, full check");
    Map<String, Object> object = Cli.run("seal", library, "--json").succeeded().object();
    assertThat(object)
        .containsEntry("file", library.toString())
        .containsEntry("size", Files.size(library))
        .containsEntry("shape", "slots")
        .containsKeys("dataId", "digest");
    assertThat(Cli.run("inspect", library).succeeded().out()).contains("code object", "slots");

    byte[] bytes = Files.readAllBytes(library);
    bytes[bytes.length / 2] ^= 1;
    Files.write(library, bytes);
    assertThat(check(ExitCode.DAMAGED, data, "--code", library).out()).contains("sealed code");
    Cli.run("check", "--tier", "header", data, "--code", library).succeeded();
  }

  @Test
  void codeForAnotherMachineIsStaleOnThisOneAndFreshForIt() {
    Path library = link("--feature", "no-such-feature", "--page-size", "1024", "--option", "O=3");
    Cli.run("seal", library).succeeded();
    List<String> codes =
        Cli.objects(check(ExitCode.STALE, "--json", library).object(), "causes").stream()
            .map(cause -> String.valueOf(cause.get("code")))
            .toList();
    assertThat(codes).containsExactlyInAnyOrder("feature", "page-size");
    Cli.run(
            "check",
            library,
            "--page-size",
            1024,
            "--feature",
            "no-such-feature",
            "--option",
            "O=3")
        .succeeded();
    assertThat(check(ExitCode.STALE, library, "--page-size", 1024, "--option", "O=2").out())
        .contains("option-value");
  }

  @Test
  void otherDataIsNotSealedToTheCode() throws IOException {
    Path library = link();
    byte[] before = Files.readAllBytes(library);
    Cli.run("split", Libraries.ofTheJdk("libjava.so"), "-o", folder).succeeded();
    assertThat(
            Cli.run("seal", library, "--data", folder.resolve("libjava.so.ji"))
                .failed(ExitCode.STALE)
                .err())
        .contains("belongs to other data", "nothing was sealed");
    assertThat(Files.readAllBytes(library)).isEqualTo(before);
  }

  @Test
  void whatCanNotBeNotedOrSealedIsSaidInOneLine() {
    Path note = folder.resolve("note.o");
    Cli.run("note", data, "-o", note, "--target", "wasm32-unknown-unknown")
        .failed(ExitCode.FOREIGN);
    Cli.run("note", data, "-o", note, "--target", TARGET, "--shape", "round")
        .failed(ExitCode.USAGE);
    Cli.run("note", data, "-o", note, "--target", TARGET, "--page-size", "5")
        .failed(ExitCode.USAGE);
    Cli.run("note", folder.resolve("none"), "-o", note, "--target", TARGET).failed(ExitCode.IO);
    assertThat(note).doesNotExist();
    Cli.run("seal", Libraries.ofTheJdk("libnet.so")).failed(ExitCode.FOREIGN);
    Cli.run("seal", folder.resolve("libnet.so.code")).failed(ExitCode.FOREIGN);
    Cli.run("seal", folder.resolve("none")).failed(ExitCode.IO);
  }

  private static Cli check(ExitCode code, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("check"));
    all.addAll(List.of(arguments));
    Cli run = Cli.run(all.toArray());
    assertThat(run.status()).as(run.out() + run.err()).isEqualTo(code.status());
    return run;
  }

  private Path link(String... options) {
    Path note = folder.resolve("note.o");
    List<Object> arguments =
        new ArrayList<>(List.of("note", data, "-o", note, "--target", TARGET, "--force"));
    arguments.addAll(List.of(options));
    Cli.run(arguments.toArray()).succeeded();
    Path library = folder.resolve("libcode.so");
    Libraries.compile(
        "gcc", folder, "library.c", library, List.of("-shared", "-fPIC", note.toString()));
    Run.of(Tools.require("strip"), library.toString()).succeeded();
    return library;
  }
}
