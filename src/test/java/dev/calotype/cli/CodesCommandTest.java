package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.Host;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.CodeLink;
import dev.calotype.testing.Libraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code calotype codes}, as a user goes: one negative, many prints. */
final class CodesCommandTest {
  @TempDir Path folder;
  private Path data = Path.of("");
  private Path made = Path.of("");

  @BeforeEach
  void makeData() throws IOException {
    Cli.run("split", Libraries.ofTheJdk("libnet.so"), "-o", folder).succeeded();
    Path set = Files.createDirectory(folder.resolve("set"));
    data = Files.move(folder.resolve("libnet.so.ji"), set.resolve("m.ji"));
    made = Files.createDirectory(folder.resolve("made"));
  }

  @Test
  void codeIsAddedListedPickedAndRemovedWhileTheDataStays() throws IOException {
    byte[] bytes = Files.readAllBytes(data);
    Path plain = link(CodeLink.LLD, "plain.so", "--option", "O=0");
    Path better = link(CodeLink.LLD, "better.so", "--option", "O=3");
    Path arm = link(CodeLink.LLD_AARCH64, "arm.so", "--feature", "armv8.1-a");
    Path windows = link(CodeLink.LLD_LINK, "windows.dll");
    assertThat(Cli.run("codes", "add", data, plain, arm, windows).succeeded().out())
        .isEqualTo(
            "added  %s%nadded  %s%nadded  %s%n"
                .formatted(
                    beside("m.x86_64-elf-O-0.so"),
                    beside("m.aarch64-elf-armv8_1-a.so"),
                    beside("m.x86_64-pe.dll")));
    Cli.run("codes", "add", data, better, "--tag", "best").succeeded();
    assertThat(Cli.run("codes", "add", data, better, "--tag", "best").failed(ExitCode.IO).err())
        .contains("m.best.so: already exists; use --force");
    Cli.run("codes", "add", data, better, "--tag", "best", "--force").succeeded();

    assertThat(Cli.run("codes", "list", data).succeeded().out())
        .containsPattern("(?m)^Tag +Size +Shape +Target +Features +Options +On this machine$")
        .containsPattern("(?m)^best .* slots +x86_64-elf +O=3 ")
        .containsPattern("(?m)^aarch64-elf-armv8_1-a .* armv8.1-a ");
    List<Map<String, Object>> listed = Cli.run("codes", "list", data, "--json").succeeded().json();
    assertThat(listed)
        .extracting(object -> object.get("tag"))
        .containsExactly("aarch64-elf-armv8_1-a", "best", "x86_64-elf-O-0", "x86_64-pe");
    assertThat(listed.get(1)).containsEntry("options", Map.of("O", "3"));

    assertThat(pick(ExitCode.DONE, "--target", "x86_64-elf", "--option", "O=3").out())
        .startsWith(beside("m.best.so") + "\n")
        .containsPattern("fits +.*m.x86_64-elf-O-0.so")
        .containsPattern("rejected +.*m.aarch64-elf-armv8_1-a.so +target, feature armv8.1-a");
    Map<String, Object> picked =
        pick(ExitCode.DONE, "--json", "--target", "aarch64-elf", "--feature", "armv8.1-a").object();
    assertThat(picked)
        .containsEntry("best", beside("m.aarch64-elf-armv8_1-a.so").toString())
        .containsEntry("others", List.of());
    assertThat(Cli.objects(picked, "rejected")).hasSize(3);
    assertThat(pick(ExitCode.STALE, "--target", "riscv64-elf").err())
        .isEqualTo("calotype: " + data + ": none of its code objects fits\n");
    if (Host.current().target().equals("x86_64-elf")) {
      assertThat(pick(ExitCode.DONE).out()).startsWith(beside("m.best.so").toString());
    }

    Cli.run("codes", "remove", data, "best", "x86_64-pe").succeeded();
    assertThat(Cli.run("codes", "remove", data, "best").failed(ExitCode.STALE).err())
        .contains("best: there is no code of this tag");
    assertThat(Bytes.names(beside("")))
        .containsExactly("m.aarch64-elf-armv8_1-a.so", "m.ji", "m.x86_64-elf-O-0.so");
    assertThat(data).hasBinaryContent(bytes);
  }

  @Test
  void whatCanNotBeDoneIsSaidInOneLine() throws IOException {
    Cli.run("codes", "shuffle", data).failed(ExitCode.USAGE);
    Cli.run("codes", "list").failed(ExitCode.USAGE);
    Cli.run("codes", "list", data, "x").failed(ExitCode.USAGE);
    Cli.run("codes", "add", data).failed(ExitCode.USAGE);
    Cli.run("codes", "add", data, "a", "b", "--tag", "t").failed(ExitCode.USAGE);
    Cli.run("codes", "pick", data, "--feature", "avx2").failed(ExitCode.USAGE);
    Cli.run("codes", "list", folder.resolve("none")).failed(ExitCode.IO);
    Cli.run("codes", "add", data, folder.resolve("none")).failed(ExitCode.IO);
    Cli.run("codes", "add", data, Libraries.ofTheJdk("libnet.so")).failed(ExitCode.FOREIGN);
    Path code = link(CodeLink.LLD, "m.so");
    Cli.run("codes", "add", data, code, "--tag", "a/b").failed(ExitCode.FOREIGN);
    byte[] bytes = Files.readAllBytes(code);
    bytes[bytes.length - 1] ^= 1;
    Files.write(code, bytes);
    Cli.run("codes", "add", data, code).failed(ExitCode.DAMAGED);
    assertThat(Bytes.names(beside(""))).containsExactly("m.ji");
    assertThat(Cli.run("codes", "list", data).succeeded().out()).hasLineCount(1);
  }

  private Cli pick(ExitCode code, Object... more) {
    Object[] all = new Object[3 + more.length];
    all[0] = "codes";
    all[1] = "pick";
    all[2] = data;
    System.arraycopy(more, 0, all, 3, more.length);
    Cli run = Cli.run(all);
    assertThat(run.status()).as(run.err()).isEqualTo(code.status());
    return run;
  }

  private Path link(CodeLink link, String name, Object... more) {
    Path object = link.compile(folder, "slots.c");
    Object[] all = new Object[8 + more.length];
    Object[] first = {
      "link", object, "--data", data, "-o", made.resolve(name), "--linker", link.linker()
    };
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, 8, more.length);
    Cli.run(all).succeeded();
    return made.resolve(name);
  }

  private Path beside(String name) {
    return data.resolveSibling(name);
  }
}
