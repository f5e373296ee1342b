package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WrapUnwrapTest {
  private static final String LINUX = "x86_64-unknown-linux-gnu";

  private final Path folder;
  private final Path payload;
  private final Path object;
  private final Path again;

  WrapUnwrapTest(@TempDir Path folder) {
    this.folder = folder;
    this.payload = folder.resolve("my-table.bin");
    this.object = folder.resolve("object.o");
    this.again = folder.resolve("again");
    Bytes.write(payload, Bytes.random(5000, 1));
  }

  @Test
  void whatIsWrappedIsUnwrappedByteForByte() throws IOException {
    assertThat(wrap("--target", LINUX).succeeded().out())
        .isEqualTo(object + ": " + LINUX + ", carried, 4.9 KiB in section .rmeta\n");
    assertThat(Cli.run("unwrap", object, "-o", again).succeeded().out())
        .isEqualTo(again + ": 4.9 KiB from section .rmeta\n");
    assertThat(Files.mismatch(payload, again)).isEqualTo(-1);
    assertThat(Bytes.names(folder)).containsExactly("again", "my-table.bin", "object.o");
  }

  @Test
  void aKeptPayloadHasASymbolNamedAfterItsFileOrAsToldTo() {
    assertThat(wrap("--target", LINUX, "--kept").succeeded().out())
        .contains("kept", "section .rustc, symbol payload_my_table_bin");
    assertThat(Readobj.of(object, "--symbols").all("Symbol"))
        .anyMatch(symbol -> symbol.word("Name").equals("payload_my_table_bin"));
    String out =
        wrap("--target", LINUX, "--kept", "--symbol", "table", "--section", ".t", "--force")
            .succeeded()
            .out();
    assertThat(out).contains("section .t, symbol table");
  }

  @Test
  void theirJsonSaysWhereThePayloadIs() throws IOException {
    Map<String, Object> wrapped = wrap("--target", LINUX, "--kept", "--json").succeeded().object();
    assertThat(wrapped)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "file",
                object.toString(),
                "size",
                Files.size(object),
                "target",
                LINUX,
                "format",
                "elf",
                "shape",
                "kept",
                "section",
                ".rustc",
                "symbol",
                "payload_my_table_bin",
                "offset",
                96L,
                "payload",
                Map.of("file", payload.toString(), "size", 5000L)));
    Path archive = folder.resolve("archive.a");
    Run.of(Tools.require("ar"), "rcs", archive.toString(), object.toString()).succeeded();
    Map<String, Object> unwrapped =
        Cli.run("unwrap", archive, "-o", again, "--member", "object.o", "--json")
            .succeeded()
            .object();
    assertThat(unwrapped)
        .containsEntry("file", archive.toString())
        .containsEntry("members", List.of("object.o"))
        .containsEntry("section", ".rustc")
        .containsEntry("payload", Map.of("file", again.toString(), "size", 5000L))
        .containsOnlyKeys("file", "members", "section", "offset", "payload");
    long offset = (Long) unwrapped.get("offset");
    byte[] bytes = Bytes.read(archive);
    assertThat(Arrays.copyOfRange(bytes, (int) offset, (int) offset + 5000))
        .isEqualTo(Bytes.read(payload));
    assertThat(wrap("--target", LINUX, "--force", "--json").object())
        .containsEntry("symbol", "null");
  }

  @ParameterizedTest
  @ValueSource(strings = {"wasm32-unknown-unknown", "powerpc64-ibm-aix", "frob"})
  void aTargetThatNoObjectsAreWrittenForIsNamed(String triple) {
    assertThat(wrap("--target", triple).failed(ExitCode.FOREIGN).err()).contains(triple);
    assertThat(object).doesNotExist();
  }

  @Test
  void filesAlreadyThereAreKeptUnlessForced() throws IOException {
    Files.writeString(object, "precious");
    assertThat(wrap("--target", LINUX).failed(ExitCode.IO).err())
        .contains(object + ": already exists; use --force to replace it");
    assertThat(object).hasContent("precious");
    wrap("--target", LINUX, "--force", "--fast").succeeded();
    Files.writeString(again, "precious");
    Cli.run("unwrap", object, "-o", again).failed(ExitCode.IO);
    assertThat(again).hasContent("precious");
    Cli.run("unwrap", object, "-o", again, "--force").succeeded();
    assertThat(Files.mismatch(payload, again)).isEqualTo(-1);
  }

  @Test
  void neitherReplacesItsOwnInput() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), payload);
    for (Path target : List.of(payload, link)) {
      assertThat(
              Cli.run("wrap", payload, "-o", target, "--target", LINUX, "--force")
                  .failed(ExitCode.FOREIGN)
                  .err())
          .contains("would be replaced");
    }
    wrap("--target", LINUX).succeeded();
    Cli.run("unwrap", object, "-o", object, "--force").failed(ExitCode.FOREIGN);
    assertThat(payload).hasBinaryContent(Bytes.random(5000, 1));
  }

  @Test
  void whatCanNotBeReadOrWrittenIsSaidByName() throws IOException {
    Path missing = folder.resolve("missing");
    for (List<Object> command :
        List.<List<Object>>of(
            List.of("wrap", missing, "-o", object, "--target", LINUX),
            List.of("unwrap", missing, "-o", again))) {
      assertThat(Cli.run(command.toArray()).failed(ExitCode.IO).err())
          .contains(missing + ": no such file");
    }
    assertThat(
            Cli.run("wrap", payload, "-o", missing.resolve("x"), "--target", LINUX)
                .failed(ExitCode.IO)
                .err())
        .contains("missing: no such directory");
    assertThat(Cli.run("wrap", folder, "-o", object, "--target", LINUX).failed(ExitCode.IO).err())
        .contains("is a directory");
    assertThat(Cli.run("unwrap", payload, "-o", again).failed(ExitCode.FOREIGN).err())
        .contains("not supported");
    Path library = Libraries.ofTheJdk("libnet.so");
    assertThat(Cli.run("unwrap", library, "-o", again).failed(ExitCode.FOREIGN).err())
        .contains("has no section .rmeta or .rustc");
    Cli json = Cli.run("unwrap", library, "-o", again, "--json").failed(ExitCode.FOREIGN);
    assertThat(json.object()).containsOnlyKeys("file", "error");
    wrap("--target", LINUX).succeeded();
    byte[] bytes = Bytes.read(object);
    Bytes.write(object, Arrays.copyOf(bytes, bytes.length - 1));
    Cli.run("unwrap", object, "-o", again).failed(ExitCode.DAMAGED);
    assertThat(Bytes.names(folder)).containsExactly("my-table.bin", "object.o");
  }

  private Cli wrap(String... options) {
    return Cli.run(
        Stream.concat(Stream.of("wrap", payload, "-o", object), Stream.of(options)).toArray());
  }
}
