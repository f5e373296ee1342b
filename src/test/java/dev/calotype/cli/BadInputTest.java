package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every command does with a file it can't use: one line, its code, and nothing else. */
final class BadInputTest {
  private static final Path LIBRARY = Libraries.ofTheJdk("libnet.so");

  private final Path folder;
  private final Path out;

  BadInputTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.out = Files.createDirectory(folder.resolve("out"));
  }

  /** Runs each command that reads an image on {@code file}, in text and as JSON. */
  private void everyReaderFails(Path file, ExitCode expected, String reason) throws IOException {
    byte[] before = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
    List<String> names = Bytes.names(folder);
    for (List<Object> command :
        List.<List<Object>>of(
            List.of("inspect", file),
            List.of("find", file, ".text"),
            List.of("split", file, "-o", out))) {
      Cli run = Cli.run(command.toArray()).failed(expected);
      assertThat(run.err()).contains(Text.escape(file.toString()), reason);
      List<Object> json = new ArrayList<>(command);
      json.add("--json");
      assertThat(Cli.run(json.toArray()).failed(expected).object())
          .containsEntry("file", file.toString())
          .containsKey("error");
    }
    assertThat(Bytes.names(out)).isEmpty();
    assertThat(Bytes.names(folder)).isEqualTo(names);
    if (Files.isRegularFile(file)) {
      assertThat(file).hasBinaryContent(before);
    }
  }

  @Test
  void aMissingFile() throws IOException {
    everyReaderFails(folder.resolve("missing"), ExitCode.IO, "no such file");
    everyReaderFails(folder.resolve("mis\nsing"), ExitCode.IO, "no such file");
    everyReaderFails(LIBRARY.resolve("x"), ExitCode.IO, "");
  }

  @Test
  void aDirectory() throws IOException {
    everyReaderFails(folder, ExitCode.IO, "is a directory");
    Cli.run("check", folder).failed(ExitCode.IO);
    assertThat(Cli.run("check", "--json", folder).failed(ExitCode.IO).object())
        .containsOnlyKeys("file", "error");
  }

  @Test
  void somethingThatIsNoImage() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "This is text, not an ELF file.\n");
    everyReaderFails(text, ExitCode.FOREIGN, "not supported");
  }

  @Test
  void anEmptyFile() throws IOException {
    everyReaderFails(Files.createFile(folder.resolve("empty")), ExitCode.DAMAGED, "no bytes");
  }

  @Test
  void theStartOfAnImage() throws IOException {
    byte[] library = Files.readAllBytes(LIBRARY);
    Path start = folder.resolve("start");
    for (int size : new int[] {1, 4, 16, 63, 64, 300, library.length / 2, library.length - 1}) {
      Files.write(start, Arrays.copyOf(library, size));
      everyReaderFails(start, ExitCode.DAMAGED, "damaged: ");
    }
  }

  @Test
  void aPipeIsNeverOpened() throws IOException {
    Path pipe = folder.resolve("pipe");
    Run.of(Tools.require("mkfifo"), pipe.toString()).succeeded();
    everyReaderFails(pipe, ExitCode.IO, "not a regular file");
    Cli.run("check", pipe).failed(ExitCode.IO);
  }

  @Test
  void devicesAndFilesOfTheKernel() {
    for (String file : List.of("/dev/null", "/dev/zero", "/proc/self/mem", "/proc/self/maps")) {
      if (Files.exists(Path.of(file))) {
        for (String command : List.of("inspect", "check")) {
          Cli run = Cli.run(command, file);
          assertThat(run.status()).as("%s %s", command, file).isIn(2, 74);
          assertThat(run.err().lines().count()).isLessThanOrEqualTo(1);
        }
      }
    }
  }

  @Test
  void anOutputFolderThatIsMissingOrNone() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(splitInto(folder.resolve("missing"))).contains("missing: no such directory");
    assertThat(splitInto(file)).contains("file: not a directory");
    assertThat(splitInto(Path.of("/proc"))).startsWith("calotype: /proc: ");
    assertThat(splitInto(Path.of("/proc/self"))).startsWith("calotype: /proc/self: ");
    assertThat(Bytes.names(folder)).containsExactly("file", "out");

    Cli.run("split", LIBRARY, "-o", out).succeeded();
    Path data = out.resolve("libnet.so.ji");
    Path code = out.resolve("libnet.so.code");
    Cli missing = Cli.run("join", data, code, "-o", folder.resolve("missing/x"));
    assertThat(missing.failed(ExitCode.IO).err()).contains("missing: no such directory");
    assertThat(Cli.run("join", data, code, "-o", folder).failed(ExitCode.IO).err())
        .contains("is a directory");
    assertThat(Bytes.names(folder)).containsExactly("file", "out");
  }

  @Test
  void halvesThatAreMissingOrNoHalves() throws IOException {
    Cli.run("split", LIBRARY, "-o", out).succeeded();
    Path data = out.resolve("libnet.so.ji");
    Path code = out.resolve("libnet.so.code");
    Path missing = folder.resolve("missing");
    Path text = Files.writeString(folder.resolve("text"), "hello");
    Path target = folder.resolve("target");
    Cli.run("join", missing, code, "-o", target).failed(ExitCode.IO);
    Cli.run("join", data, missing, "-o", target).failed(ExitCode.IO);
    Cli.run("join", text, code, "-o", target).failed(ExitCode.FOREIGN);
    Cli.run("join", data, text, "-o", target).failed(ExitCode.FOREIGN);
    Cli.run("join", data, LIBRARY, "-o", target).failed(ExitCode.FOREIGN);
    Cli.run("join", folder, code, "-o", target).failed(ExitCode.IO);
    assertThat(target).doesNotExist();
    assertThat(Cli.run("split", code, "-o", out).failed(ExitCode.FOREIGN).err())
        .contains("is a code object already");
    Cli.run("split", data, "-o", out).failed(ExitCode.FOREIGN);
  }

  private static String splitInto(Path folder) {
    return Cli.run("split", LIBRARY, "-o", folder).failed(ExitCode.IO).err();
  }
}
