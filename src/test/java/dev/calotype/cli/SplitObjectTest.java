package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SplitObjectTest {
  private final Path folder;
  private final Path out;
  private final Path object;

  SplitObjectTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.out = Files.createDirectory(folder.resolve("out"));
    this.object = folder.resolve("calc.o");
  }

  private void compile(String source, String option) throws IOException {
    Path file = Files.writeString(folder.resolve("calc.c"), source);
    Run.of(Tools.require("gcc"), "-c", "-O1", option, "-o", object.toString(), file.toString())
        .succeeded();
  }

  @Test
  void anObjectIsSplitAndJoined() throws IOException {
    compile("const int table[99] = {7};\nint at(int i) { return table[i]; }\n", "-fPIC");
    String text = Cli.run("split", object, "-o", out, "--as", "slots").succeeded().out();
    assertThat(text).containsPattern("\\.rodata +[0-9]+ B .* data file +read-only data\n");
    assertThat(Bytes.names(out)).containsExactly("calc.o.ji", "calc.slots.o");
    Path again = folder.resolve("again.o");
    assertThat(
            Cli.run("join", out.resolve("calc.o.ji"), out.resolve("calc.slots.o"), "-o", again)
                .succeeded()
                .out())
        .contains("joined of data", "verified");
    assertThat(again).hasSameBinaryContentAs(object);
  }

  @Test
  void neededSaysWhatTheDataHasToExport() throws IOException {
    compile("const int table[99] = {7};\nint at(int i) { return table[i]; }\n", "-fPIC");
    Map<String, Object> json =
        Cli.run("split", object, "-o", out, "--as", "needed", "--symbol", "table", "--json")
            .succeeded()
            .object();
    assertThat(json).containsEntry("shape", "needed");
    assertThat(json.get("exports"))
        .isEqualTo(
            List.of(Map.of("name", "table", "section", ".rodata", "offset", 0L, "size", 396L)));
    assertThat(Cli.run("split", object, "-o", out, "--as", "needed", "--force").succeeded().out())
        .containsPattern("To export +Section +Offset +Size\n +-*.*\n* *table +\\.rodata +0 +396");
  }

  @Test
  void whatIsInTheWayIsListedLineByLine() throws IOException {
    compile(
        """
        static const int table[99] = {7, 8};
        int at(int i) { return i ? table[i] + i : 0; }
        """,
        "-fno-pic");
    Cli run = Cli.run("split", object, "-o", out, "--as", "slots", "--json");
    assertThat(run.status()).isEqualTo(ExitCode.FOREIGN.status());
    assertThat(run.err().lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).contains("1 reference to its data can't be kept", "-fPIC"),
            line -> assertThat(line).startsWith("  .text+0x").contains("R_X86_64_32S"));
    assertThat((List<?>) run.object().get("details")).hasSize(1);
    assertThat(Bytes.names(out)).isEmpty();
  }

  @Test
  void symbolsAreForObjects() {
    assertThat(Cli.run("split", "x", "-o", out, "--symbol", "y").failed(ExitCode.USAGE).err())
        .contains("--symbol is for objects");
  }
}
