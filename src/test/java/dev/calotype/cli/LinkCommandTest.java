package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Linkage;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.CodeLink;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.NoteObject;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code calotype link}, as a user goes. */
final class LinkCommandTest {
  @TempDir Path folder;
  private Path data = Path.of("");
  private Path code = Path.of("");

  @BeforeEach
  void makeData() throws IOException {
    Cli.run("split", Libraries.ofTheJdk("libnet.so"), "-o", folder).succeeded();
    data = folder.resolve("libnet.so.ji");
    code = Files.createDirectory(folder.resolve("out")).resolve("m.so");
  }

  @Test
  void oneCommandMakesCodeThatIsFresh() {
    Path object = CodeLink.CC.compile(folder, "slots.c");
    assertThat(Cli.run("link", object, "--data", data, "-o", code).succeeded().out())
        .startsWith("linked  " + code + "  (slots, data ")
        .contains("/cc)");
    Cli.run("check", data, "--code", code).succeeded();
    assertThat(Cli.run("link", object, "--data", data, "-o", code).failed(ExitCode.IO).err())
        .contains("already exists; use --force");
    Map<String, Object> linked =
        Cli.run(
                "link",
                object,
                "--data",
                data,
                "-o",
                code,
                "--force",
                "--json",
                "--linker",
                "ld.lld-19",
                "--option",
                "O=3",
                "--arg",
                "--build-id=sha1")
            .succeeded()
            .object();
    assertThat(linked)
        .containsEntry("file", code.toString())
        .containsEntry("shape", "slots")
        .containsEntry("holes", List.of());
    assertThat(String.valueOf(linked.get("command"))).contains("--build-id=sha1", "max-page-size");
    assertThat(Cli.run("check", code, "--option", "O=3").succeeded().out()).contains("fresh");
  }

  @Test
  void aHoleIsShownWithItsPlace() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "hole.c");
    Path note;
    try (Validity validity = DataFile.check(data, Expectations.none())) {
      DataId id = ((Validity.Fresh) validity).data().id();
      LinkedNote hole =
          LinkedNote.unsealed(Shape.HOLE, 65_536, id, Origin.none())
              .withLinkage(Linkage.none().withHole(".rodata", 65_536));
      note = NoteObject.assemble(folder, CodeLink.LLD, hole, "table");
    }
    Cli run = Cli.run("link", object, note, "--data", data, "-o", code, "--shape", "hole");
    assertThat(run.succeeded().out())
        .containsPattern("hole for \\.rodata at 0x[0-9a-f]+0000, 64.0 KiB \\(65,536 bytes\\)");
  }

  @Test
  void theLinkersWordsComeBeforeOurLine() {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Cli run = Cli.run("link", object, object, "--data", data, "-o", code, "--linker", "ld.lld-19");
    assertThat(run.status()).isEqualTo(ExitCode.FOREIGN.status());
    List<String> lines = run.err().lines().toList();
    assertThat(lines.size()).isGreaterThan(2);
    assertThat(lines.getLast())
        .startsWith("calotype: " + code + ": ld.lld-19 failed with exit code 1: ")
        .contains("duplicate symbol");
    assertThat(lines.getFirst()).startsWith("  ld.lld-19: error: duplicate symbol");
    assertThat(Bytes.names(folder.resolve("out"))).isEmpty();
  }

  @Test
  void aLinkerThatWarnsIsHeardAndDoesItsWork() {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Cli run =
        Cli.run(
            "link",
            object,
            "--data",
            data,
            "-o",
            code,
            "--linker",
            "ld.lld-19",
            "--arg",
            "--entry=nothing");
    assertThat(run.status()).isZero();
    assertThat(run.err()).contains("  ld.lld-19: warning: cannot find entry symbol nothing");
  }

  @Test
  void whatCanNotBeLinkedIsSaidInOneLine() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    link(object, ExitCode.USAGE, "--shape", "round");
    link(object, ExitCode.USAGE, "--page-size", "5");
    assertThat(link(object, ExitCode.FOREIGN, "--linker", "no-such-ld"))
        .contains("no-such-ld: no linker of this name found on the PATH");
    assertThat(link(object, ExitCode.FOREIGN, "--linker", Tools.require("strace")))
        .contains("can't tell by the name 'strace' what kind of linker it is");
    assertThat(link(object, ExitCode.FOREIGN, "--shape", "hole"))
        .contains("there is no hole in its note");
    link(folder.resolve("none.o"), ExitCode.IO);
    Path damaged = folder.resolve("damaged.o");
    Files.write(damaged, Arrays.copyOf(Files.readAllBytes(object), 50));
    link(damaged, ExitCode.DAMAGED);
    Cli.run("link", object, "--data", object, "-o", code).failed(ExitCode.FOREIGN);
    Cli.run("link", object, "--data", folder.resolve("none"), "-o", code).failed(ExitCode.IO);
    Cli.run("link", object, "--data", data, "-o", object, "--force").failed(ExitCode.FOREIGN);
    Cli.run("link", object, "--data", data, "-o", folder.resolve("none/m.so")).failed(ExitCode.IO);
    assertThat(Bytes.names(folder.resolve("out"))).isEmpty();
  }

  @Test
  void withoutALinkerTheNamesThatWereLookedForAreSaid() throws Exception {
    Path object = CodeLink.LLD_AARCH64.compile(folder, "slots.c");
    Run run = process("PATH=" + folder + " ", object);
    assertThat(run.exit()).isEqualTo(3);
    assertThat(run.err())
        .isEqualTo(
            "calotype: aarch64-elf: no linker for aarch64-elf found: looked for"
                + " aarch64-linux-gnu-gcc, aarch64-linux-gnu-ld, ld.lld, ld.lld-NN on the PATH\n");
  }

  @Test
  void anOutputThatDoesNotFitLeavesNothingBehind() throws Exception {
    // A limit on the size of files stops the linker as a full disk does, or our copy.
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    for (int blocks : List.of(1, 8, 100)) {
      Run run = process("ulimit -f %d; ".formatted(blocks), object);
      assertThat(run.exit()).as(run.err()).isIn(3, 74);
      assertThat(run.err()).contains("calotype: ").doesNotContain("Exception");
      assertThat(Bytes.names(folder.resolve("out"))).isEmpty();
    }
  }

  private Run process(String before, Path object) throws Exception {
    String command =
        "%s exec '%s' -XX:+UseSerialGC -XX:-UsePerfData -cp '%s' %s link '%s' --data '%s' -o '%s'"
            .formatted(
                before,
                Path.of(System.getProperty("java.home"), "bin", "java"),
                Run.programClassPath(),
                Main.class.getName(),
                object,
                data,
                code);
    return Run.of(Map.of(), List.of("/bin/sh", "-c", command));
  }

  private String link(Path object, ExitCode code, Object... more) {
    Object[] all = Arrays.copyOf(new Object[] {"link", object, "--data", data}, 6 + more.length);
    all[4] = "-o";
    all[5] = this.code;
    System.arraycopy(more, 0, all, 6, more.length);
    return Cli.run(all).failed(code).err();
  }
}
