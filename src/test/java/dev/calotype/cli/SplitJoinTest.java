package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.publish.BootRecord;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SplitJoinTest {
  private static final Path LIBRARY = Libraries.ofTheJdk("libnet.so");

  private final Path folder;
  private final Path data;
  private final Path code;

  SplitJoinTest(@TempDir Path folder) {
    this.folder = folder;
    this.data = folder.resolve("libnet.so.ji");
    this.code = folder.resolve("libnet.so.code");
  }

  @Test
  void splitShowsWhatWentWhereAndBothFiles() {
    String out = Cli.run("split", LIBRARY, "-o", folder).succeeded().out();
    assertThat(out)
        .containsPattern("\\.rodata +[0-9.]+ KiB +[0-9.]+ % +data file +read-only data\n")
        .containsPattern("\\.text +[0-9.]+ KiB +[0-9.]+ % +code object +it is code\n")
        .containsPattern("\\.eh_frame.* code object +it describes the code to unwinders\n")
        .containsPattern("\n  data +[0-9,]+ bytes +[0-9.]+ KiB +[0-9.]+ %\n")
        .containsPattern("\n  code +[0-9,]+ bytes +[0-9.]+ KiB +[0-9.]+ %\n")
        .contains(data.toString(), code.toString());
    assertThat(out.indexOf(".rodata")).isLessThan(out.indexOf(".text"));
    assertThat(Bytes.names(folder)).containsExactly("libnet.so.code", "libnet.so.ji");
  }

  @Test
  void joinGivesTheOriginalBackByteForByte() throws IOException {
    Map<String, Object> split = Cli.run("split", LIBRARY, "-o", folder, "--json").object();
    Path again = folder.resolve("again.so");
    Map<String, Object> joined =
        Cli.run("join", data, code, "-o", again, "--json").succeeded().object();
    assertThat(Files.mismatch(LIBRARY, again)).isEqualTo(-1);
    assertThat(joined)
        .containsEntry("file", again.toString())
        .containsEntry("size", Files.size(LIBRARY))
        .containsEntry("dataId", split.get("dataId"));
    assertThat(Cli.run("join", data, code, "-o", folder.resolve("more.so")).succeeded().out())
        .contains("verified");
  }

  @Test
  void aSplitObjectSaysWhereEachSectionWentAndWhy() throws IOException {
    Map<String, Object> split =
        Cli.run("split", LIBRARY, "-o", folder, "--json").succeeded().object();
    assertThat(split)
        .containsEntry("file", LIBRARY.toString())
        .containsEntry("size", Files.size(LIBRARY))
        .containsEntry("data", Map.of("file", data.toString(), "size", Files.size(data)))
        .containsEntry("code", Map.of("file", code.toString(), "size", Files.size(code)))
        .containsKeys("target", "dataId", "dataBytes", "codeBytes");
    assertThat(Cli.objects(split, "sections"))
        .anySatisfy(section ->
            assertThat(section)
                .containsEntry("name", ".rodata")
                .containsEntry("goesTo", "data")
                .containsEntry("reason", ""))
        .anySatisfy(section ->
            assertThat(section)
                .containsEntry("name", ".text")
                .containsEntry("goesTo", "code")
                .containsEntry("executable", true)
                .containsEntry("reason", "it is code"));
  }

  @Test
  void aFastPairIsTheSamePairByItsContent(@TempDir Path records) {
    System.setProperty(BootRecord.FOLDER_PROPERTY, records.toString());
    try {
      Object id = Cli.run("split", LIBRARY, "-o", folder, "--json").object().get("dataId");
      Map<String, Object> fast =
          Cli.run("split", LIBRARY, "-o", folder, "--fast", "--force", "--json").object();
      assertThat(fast).containsEntry("dataId", id);
      Cli.run("check", data, "--code", code).succeeded();
    } finally {
      System.clearProperty(BootRecord.FOLDER_PROPERTY);
    }
  }

  @Test
  void onlyTheSectionsThatAreNamedMove() {
    Map<String, Object> split =
        Cli.run("split", LIBRARY, "-o", folder, "--section", ".rodata", "--json")
            .succeeded()
            .object();
    assertThat(Cli.objects(split, "sections"))
        .filteredOn(section -> "data".equals(section.get("goesTo")))
        .hasSize(1);
    assertThat(
            Cli.run("split", LIBRARY, "-o", folder, "--section", ".text")
                .failed(ExitCode.FOREIGN)
                .err())
        .contains(".text has to stay: it is code");
    Cli.run("split", LIBRARY, "-o", folder, "--section", ".frob").failed(ExitCode.FOREIGN);
  }

  @Test
  void filesAlreadyThereAreKeptUnlessForced() throws IOException {
    for (Path there : List.of(data, code)) {
      Files.writeString(there, "precious");
      assertThat(Cli.run("split", LIBRARY, "-o", folder).failed(ExitCode.IO).err())
          .contains(there + ": already exists; use --force to replace it");
      assertThat(there).hasContent("precious");
      assertThat(Bytes.names(folder)).containsExactly(there.getFileName().toString());
      Files.delete(there);
    }
    Files.writeString(data, "old");
    Cli.run("split", LIBRARY, "-o", folder, "--force").succeeded();
    Path again = Files.writeString(folder.resolve("again.so"), "precious");
    Cli.run("join", data, code, "-o", again).failed(ExitCode.IO);
    assertThat(again).hasContent("precious");
    Cli.run("join", data, code, "-o", again, "--force").succeeded();
    assertThat(Files.mismatch(LIBRARY, again)).isEqualTo(-1);
  }

  @Test
  void joinNeverReplacesItsOwnInput() throws IOException {
    Cli.run("split", LIBRARY, "-o", folder).succeeded();
    Path link = Files.createSymbolicLink(folder.resolve("link"), data);
    for (Path target : List.of(data, code, link)) {
      byte[] before = Files.readAllBytes(target);
      assertThat(Cli.run("join", data, code, "-o", target, "--force").failed(ExitCode.FOREIGN))
          .extracting(Cli::err)
          .asString()
          .contains("would be replaced");
      assertThat(target).hasBinaryContent(before);
    }
  }

  @Test
  void halvesOfTwoSplitsAreNotJoined() {
    Cli.run("split", LIBRARY, "-o", folder).succeeded();
    Cli.run("split", Libraries.ofTheJdk("libzip.so"), "-o", folder).succeeded();
    List<String> before = Bytes.names(folder);
    Path other = folder.resolve("libzip.so.code");
    assertThat(Cli.run("join", data, other, "-o", folder.resolve("x")).failed(ExitCode.STALE).err())
        .contains(other + ": stale: code-data-id is ");
    assertThat(Cli.run("join", code, data, "-o", folder.resolve("x")).failed(ExitCode.FOREIGN))
        .extracting(Cli::err)
        .asString()
        .contains("the data file comes first");
    assertThat(Bytes.names(folder)).isEqualTo(before);
  }

  @Test
  void aDamagedHalfIsNotJoinedAndLeavesNothing() throws IOException {
    Cli.run("split", LIBRARY, "-o", folder).succeeded();
    for (Path half : List.of(data, code)) {
      byte[] good = Files.readAllBytes(half);
      Bytes.writeFlipped(half, good, good.length / 2, 1);
      Cli.run("join", data, code, "-o", folder.resolve("x")).failed(ExitCode.DAMAGED);
      assertThat(Bytes.names(folder)).containsExactly("libnet.so.code", "libnet.so.ji");
      Files.write(half, good);
    }
  }
}
