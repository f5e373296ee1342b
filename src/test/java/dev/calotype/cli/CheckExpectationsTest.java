package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.Comparison;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Input;
import dev.calotype.ji.Origin;
import dev.calotype.ji.WriteOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code check} is told to expect, and what it says of the differences. */
final class CheckExpectationsTest {
  private static final String BASE = "ab".repeat(32);

  private final Path folder;
  private final Path source;
  private final Path data;
  private final DataId id;

  CheckExpectationsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    source = Files.writeString(folder.resolve("a.c"), "int a;");
    Origin origin =
        Origin.none()
            .withModule("Foo")
            .withCompiler("example 1.0")
            .withTarget("x86_64-elf")
            .withOption("opt-level", "2", Comparison.AT_LEAST)
            .withFeature("avx2")
            .withUpstream("Base", new DataId(BASE))
            .withVariable("PATH", Optional.ofNullable(System.getenv("PATH")))
            .withVariable("MODE", Optional.of("a=b"))
            .withInputs(List.of(Input.of("@src/a.c", source)));
    Path file = folder.resolve("a.ji");
    try (DataFileWriter writer =
        DataFileWriter.create(file, WriteOptions.standard().withOrigin(origin))) {
      try (OutputStream stream = writer.section("a", 64, false)) {
        stream.write(1);
      }
      id = writer.publish();
    }
    data = Files.move(file, folder.resolve(DataFile.fileName("a", id)));
  }

  @Test
  void everythingThatWasRecordedCanBeAskedFor() {
    for (String tier : List.of("name", "header", "inputs", "full")) {
      Cli run =
          Cli.run(
              "check",
              data,
              "--json",
              "--tier",
              tier,
              "--data-id",
              id,
              "--module",
              "Foo",
              "--compiler",
              "example 1.0",
              "--target",
              "x86_64-elf",
              "--option",
              "opt-level=2",
              "--feature",
              "avx2",
              "--feature",
              "fma",
              "--upstream",
              "Base=" + BASE,
              "--env",
              "PATH",
              "--env",
              "MODE=a=b",
              "--root",
              "src=" + folder);
      assertThat(run.succeeded().object()).containsEntry("tier", tier);
    }
  }

  @Test
  void causesAreThreeAlignedColumnsAndASentence() {
    Cli run =
        Cli.run(
            "check",
            data,
            "--compiler",
            "other",
            "--option",
            "opt-level=3",
            "--upstream",
            "Base=" + "cd".repeat(32),
            "--tier",
            "header");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out().lines().toList())
        .containsExactly(
            "stale    " + data + "  (data file, header check)",
            "         Cause         Expected               Actual",
            "         compiler      other                  example 1.0",
            "         option-value  opt-level: at least 3  opt-level: 2",
            "         upstream-id   Base: cdcdcdcdcdcd     Base: abababababab",
            "         Make the file again, with what is expected.");
  }

  @Test
  void causesInJsonHaveTheirSubject() {
    Cli run =
        Cli.run(
            "check", data, "--json", "--tier", "header", "--feature", "sse2", "--env", "MODE=c");
    assertThat(Cli.objects(run.object(), "causes"))
        .contains(
            Map.of(
                "code",
                "variable-value",
                "subject",
                "MODE",
                "expected",
                "\"c\"",
                "actual",
                "\"a=b\""))
        .extracting(cause -> cause.get("code"))
        .containsExactly("feature", "variable-value", "variable-unexpected");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void inputsAreLookedAtUnderTheirRoots() throws IOException {
    Cli.run("check", data).succeeded();
    Cli.run("check", data, "--root", "src=" + folder).succeeded();
    Cli without = Cli.run("check", data, "--tier", "inputs");
    assertThat(without.status()).isEqualTo(1);
    assertThat(without.out()).contains("root-unknown", "--root NAME=DIR");
    Files.writeString(source, "int b;");
    Cli run = Cli.run("check", data, "--root", "src=" + folder, "--tier", "inputs");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("input-content", "@src/a.c: ", "from its inputs as they are now");
  }

  @Test
  void aNameThatCarriesAnotherIdIsStale() throws IOException {
    Path other = Files.move(data, folder.resolve("a-0123456789abcdef.ji"));
    Cli run = Cli.run("check", other, "--tier", "name", "--json");
    assertThat(run.status()).isEqualTo(1);
    assertThat(Cli.objects(run.object(), "causes").getFirst())
        .containsEntry("code", "name-id")
        .containsEntry("actual", "0123456789abcdef");
  }

  @Test
  void aForeignFileSaysOfWhichKind() throws IOException {
    byte[] bytes = Files.readAllBytes(data);
    ByteBuffer page = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    page.putShort(8, (short) 2);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 4092);
    page.putInt(4092, (int) crc.getValue());
    Files.write(data, bytes);
    Cli run = Cli.run("check", data, "--json");
    assertThat(run.status()).isEqualTo(3);
    assertThat(run.object()).containsEntry("foreign", "too-new");
    Files.writeString(data, "text");
    assertThat(Cli.run("check", data, "--json").object()).containsEntry("foreign", "other-format");
  }

  @Test
  void whatIsNoExpectationIsWrongUsage() {
    for (List<String> wrong :
        List.of(
            List.of("--option", "x"),
            List.of("--option", "=x"),
            List.of("--root", "src"),
            List.of("--upstream", "Base=1"),
            List.of("--data-id", "AB"),
            List.of("--tier", "some"))) {
      Cli run = Cli.run("check", data, wrong.get(0), wrong.get(1));
      assertThat(run.status()).as("%s", wrong).isEqualTo(64);
      assertThat(run.err()).hasLineCount(1).contains(wrong.get(0).substring(2));
    }
  }
}
