package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Libraries;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FindTest {
  private static final Path LIBRARY = Libraries.ofTheJdk("libnet.so");

  @Test
  void sectionsSegmentsAndSymbolsAreFound() {
    assertThat(Cli.run("find", LIBRARY, ".text").succeeded().out())
        .containsPattern("Kind +Type +Address +Offset +Size\nsection +PROGBITS +0x[0-9a-f]+ ");
    assertThat(Cli.run("find", LIBRARY, "LOAD").succeeded().out().lines())
        .filteredOn(line -> line.startsWith("segment"))
        .hasSizeGreaterThan(1);
    assertThat(Cli.run("find", LIBRARY, "JNI_OnLoad").succeeded().out())
        .containsPattern("symbol +FUNC +0x[0-9a-f]+ +0x[0-9a-f]+ +[1-9]");
  }

  @Test
  void aMatchIsAnObjectWithItsPlace() {
    Map<String, Object> section = only(Cli.run("find", "--json", LIBRARY, ".text"));
    Map<String, Object> symbol = only(Cli.run("find", "--json", LIBRARY, "JNI_OnLoad"));
    assertThat(section).containsEntry("kind", "section").containsKeys("type", "size");
    assertThat(symbol).containsEntry("kind", "symbol");
    long inside = number(symbol, "address") - number(section, "address");
    assertThat(inside).isBetween(0L, number(section, "size"));
    assertThat(number(symbol, "offset")).isEqualTo(number(section, "offset") + inside);
  }

  @Test
  void aSectionOfADataFileIsFound(@TempDir Path folder) {
    Cli.run("split", LIBRARY, "-o", folder).succeeded();
    Path data = folder.resolve("libnet.so.ji");
    assertThat(Cli.run("find", data, ".rodata").succeeded().out())
        .containsPattern("section +data +- +0x1000 ");
    Cli.run("find", data, ".text").failed(ExitCode.STALE);
  }

  @Test
  void whatIsAbsentOrOnlyImportedExitsWithOne() {
    assertThat(Cli.run("find", LIBRARY, "frob").failed(ExitCode.STALE).err())
        .contains("no section, segment or symbol is called frob");
    assertThat(Cli.run("find", LIBRARY, "malloc").failed(ExitCode.STALE).err())
        .contains("only imported");
    Cli run = Cli.run("find", "--json", LIBRARY, "fr\nob").failed(ExitCode.STALE);
    assertThat(run.object()).containsEntry("name", "fr\nob").containsEntry("matches", List.of());
  }

  private static Map<String, Object> only(Cli run) {
    List<Map<String, Object>> matches = Cli.objects(run.succeeded().object(), "matches");
    assertThat(matches).hasSize(1);
    return matches.getFirst();
  }

  private static long number(Map<String, Object> object, String field) {
    return (Long) object.getOrDefault(field, -1L);
  }
}
