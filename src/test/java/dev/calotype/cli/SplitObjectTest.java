package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  void neededDataIsASharedObjectThatExportsWhatCodeNeeds() throws IOException {
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
        .containsPattern("Exported +Section +Offset +Size\n +-*.*\n* *table +\\.rodata +0 +396");
    Path code = out.resolve("calc.needed.o");
    Path library = out.resolve("libcalc.so");
    assertThat(
            Cli.run("link", code, "--data", out.resolve("calc.o.ji"), "-o", library)
                .failed(ExitCode.FOREIGN)
                .err())
        .contains("it is no shared object", "--as needed");
    Map<?, ?> half = (Map<?, ?>) Objects.requireNonNull(json.get("shared"));
    String shared = String.valueOf(half.get("file"));
    Cli.run("link", code, "--data", shared, "-o", library).succeeded();
    Cli.run("check", shared, "--code", library).succeeded();
    Path again = folder.resolve("again.o");
    Cli.run("join", shared, code, "-o", again).succeeded();
    assertThat(again).hasSameBinaryContentAs(object);
    Files.delete(code);
    FileTime old = FileTime.fromMillis(1_000_000_000);
    Files.setLastModifiedTime(Path.of(shared), old);
    Cli.run("split", object, "-o", out, "--as", "needed").succeeded();
    assertThat(Files.getLastModifiedTime(Path.of(shared))).isEqualTo(old);
    Files.delete(code);
    Files.writeString(Path.of(shared), "another file");
    assertThat(Cli.run("split", object, "-o", out, "--as", "needed").failed(ExitCode.IO).err())
        .contains(shared, "--force");
    assertThat(Path.of(shared)).hasContent("another file");
  }

  @Test
  void codeWithTwoNotesIsNotLinked() throws IOException {
    for (String name : List.of("a", "b")) {
      compile(
          "const int %s[99] = {7};\nint %s_at(int i) { return %1$s[i]; }\n".formatted(name, name),
          "-fPIC");
      Files.move(object, folder.resolve(name + ".o"));
      Cli.run("split", folder.resolve(name + ".o"), "-o", out, "--as", "slots").succeeded();
    }
    Path first = out.resolve("a.slots.o");
    Path second = out.resolve("b.slots.o");
    Path both = folder.resolve("both.o");
    Run.of(Tools.require("ld"), "-r", first + "", second + "", "-o", both + "").succeeded();
    Path archive = folder.resolve("b.a");
    Run.of(Tools.require("ar"), "rc", archive.toString(), second.toString()).succeeded();
    List<List<Object>> ways =
        List.of(
            List.of(both),
            List.of(first, "--arg", "--whole-archive", archive, "--linker", "ld"),
            List.of(first, second));
    for (List<Object> way : ways) {
      List<Object> arguments = new ArrayList<>(List.of("link"));
      arguments.addAll(way);
      Path library = folder.resolve("both.so");
      arguments.addAll(List.of("--data", out.resolve("a.o.ji"), "-o", library));
      assertThat(Cli.run(arguments.toArray()).failed(ExitCode.FOREIGN).err())
          .contains("combine objects first (ld -r), then split");
      assertThat(library).doesNotExist();
    }
  }

  @Test
  void howCodeWasMadeIsSaidWhenItsNoteIsMade() throws IOException {
    compile("const int table[99] = {7};\nint at(int i) { return table[i]; }\n", "-fPIC");
    Cli.run("split", object, "-o", out, "--as", "slots", "--option", "O=1").succeeded();
    Path data = out.resolve("calc.o.ji");
    List<Object> link =
        List.of("link", out.resolve("calc.slots.o"), "--data", data, "-o", folder.resolve("m.so"));
    List<Object> more = new ArrayList<>(link);
    more.addAll(List.of("--option", "O=2"));
    assertThat(Cli.run(more.toArray()).failed(ExitCode.FOREIGN).err())
        .contains("has a note that says how it was made");
    Cli.run(link.toArray()).succeeded();
    assertThat(Cli.run("codes", "add", data, folder.resolve("m.so")).succeeded().out())
        .contains("calc.o.x86_64-elf-O-1.so");
    assertThat(Cli.run("inspect", data).succeeded().out()).doesNotContain("O=1");
    assertThat(Cli.run("split", "x", "-o", out, "--option", "O=1").failed(ExitCode.USAGE).err())
        .contains("are for objects");
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
