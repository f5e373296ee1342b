package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Libraries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InspectTest {
  private static final Path LIBRARY = Libraries.ofTheJdk("libnet.so");

  @Test
  void tablesShowSegmentsSectionsNotesAndSymbols() {
    String out = Cli.run("inspect", LIBRARY).succeeded().out();
    assertThat(out)
        .startsWith(LIBRARY + "\n")
        .contains("ELF, 64-bit, little-endian", "libjava.so", "build id")
        .contains("Segments: ", "Sections: ", "Notes: ", "Dynamic symbols: ")
        .containsPattern("\\.text +PROGBITS +r-x +0x[0-9a-f]+ +0x[0-9a-f]+ +[0-9.]+ KiB\n")
        .doesNotContain("\u001b");
  }

  @Test
  void anObjectHasTheDocumentedFields() {
    Map<String, Object> object = Cli.run("inspect", "--json", LIBRARY).succeeded().object();
    assertThat(object)
        .containsEntry("file", LIBRARY.toString())
        .containsEntry("format", "elf")
        .containsEntry("bits", 64L)
        .containsEntry("endian", "little")
        .containsEntry("type", "DYN (shared object)")
        .containsKeys("arch", "size", "buildId", "needed", "notes")
        .doesNotContainKey("error");
    assertThat((Long) object.get("dynamicSymbols")).isPositive();
    assertThat(Cli.objects(object, "sections"))
        .allSatisfy(section ->
            assertThat(section).containsKeys("name", "type", "address", "offset", "size"))
        .anyMatch(section -> ".text".equals(section.get("name")));
    assertThat(Cli.objects(object, "segments"))
        .anySatisfy(segment ->
            assertThat(segment).containsEntry("type", "LOAD").containsEntry("protection", "r-x"));
  }

  @Test
  void symbolsAreListedWhereTheyWereCounted() {
    Map<String, Object> counted = Cli.run("inspect", "--json", LIBRARY).succeeded().object();
    Map<String, Object> listed =
        Cli.run("inspect", "--json", "--symbols", LIBRARY).succeeded().object();
    List<Map<String, Object>> symbols = Cli.objects(listed, "dynamicSymbols");
    assertThat((long) symbols.size()).isEqualTo(counted.get("dynamicSymbols"));
    assertThat(symbols)
        .anySatisfy(symbol ->
            assertThat(symbol)
                .containsEntry("name", "JNI_OnLoad")
                .containsEntry("type", "FUNC")
                .containsEntry("defined", true));
    assertThat(Cli.run("inspect", "--symbols", LIBRARY).succeeded().out())
        .containsPattern("FUNC +GLOBAL +here +JNI_OnLoad\\b");
  }

  @Test
  void bothHalvesOfASplitSayWhatTheyAre(@TempDir Path folder) {
    Map<String, Object> split = Cli.run("split", LIBRARY, "-o", folder, "--json").object();
    Path data = folder.resolve("libnet.so.ji");
    Path code = folder.resolve("libnet.so.code");

    List<Map<String, Object>> objects = Cli.run("inspect", "--json", data, code).succeeded().json();
    assertThat(objects.get(0))
        .containsEntry("format", "ji")
        .containsEntry("dataId", split.get("dataId"))
        .containsEntry("compiler", "calotype " + Main.version())
        .containsEntry("target", split.get("target"));
    assertThat(Cli.objects(objects.get(0), "sections").getFirst()).containsEntry("name", ".rodata");
    assertThat(objects.get(1))
        .containsEntry("format", "elf")
        .containsEntry(
            "codeObject",
            Map.of(
                "shape",
                "detached",
                "dataId",
                split.getOrDefault("dataId", ""),
                "target",
                split.getOrDefault("target", "")));

    assertThat(Cli.run("inspect", data, code).succeeded().out())
        .contains("Calotype data file", "code object", String.valueOf(split.get("dataId")));
  }

  @Test
  void aBadFileDoesNotHideTheOthersAndTheWorstCodeCounts(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "hello, world");
    Path empty = Files.createFile(folder.resolve("empty"));
    Cli run = Cli.run("inspect", "--json", text, LIBRARY, empty);
    assertThat(run.status()).isEqualTo(ExitCode.DAMAGED.status());
    assertThat(run.err()).hasLineCount(2);
    List<Map<String, Object>> objects = run.json();
    assertThat(objects).hasSize(3);
    assertThat(objects.get(0)).containsOnlyKeys("file", "error");
    assertThat(objects.get(1)).containsEntry("format", "elf");
    assertThat(objects.get(2)).containsEntry("file", empty.toString()).containsKey("error");
  }

  @Test
  void whatIsNotDamagedIsStillShown(@TempDir Path folder) throws IOException {
    byte[] bytes = Files.readAllBytes(LIBRARY);
    bytes[0x28 + 6] = 1; // e_shoff, beyond the file
    Path file = Files.write(folder.resolve("lib.so"), bytes);
    Map<String, Object> object =
        Cli.run("inspect", "--json", file).failed(ExitCode.DAMAGED).object();
    assertThat(object)
        .containsKeys("file", "format", "segments", "needed", "dynamicSymbols", "error")
        .doesNotContainKey("sections");
    assertThat(Cli.run("inspect", file).failed(ExitCode.DAMAGED).out()).contains("Segments: ");
  }

  @Test
  void everyTruncationOfASmallLibraryIsOneLineOfErrorOrNone(@TempDir Path folder)
      throws IOException {
    byte[] bytes = Files.readAllBytes(LIBRARY);
    Path file = folder.resolve("lib.so");
    for (int size = 0; size < bytes.length; size += size < 1100 ? 1 : 997) {
      Files.write(file, Arrays.copyOf(bytes, size));
      Cli run = Cli.run("inspect", "--json", "--symbols", file).failed(ExitCode.DAMAGED);
      assertThat(run.object()).containsKey("error");
      assertThat(Cli.run("check", file).status()).isNotZero();
    }
  }

  @Test
  void namesThatAllShareTheSameMegabyteAreDamageAndNotAFloodOfText(@TempDir Path folder)
      throws IOException {
    // A symbol table whose every name is the same long text.
    int names = 1 << 19;
    int symbols = 20_000;
    ByteBuffer elf = ByteBuffer.allocate(64 + 3 * 64 + names + symbols * 24);
    elf.order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0x464c457f).put((byte) 2).put((byte) 1).put((byte) 1);
    elf.putShort(16, (short) 1).putShort(18, (short) 62).putLong(40, 64);
    elf.putShort(58, (short) 64).putShort(60, (short) 3).putShort(62, (short) 1);
    int strings = 64 + 3 * 64;
    elf.putInt(128 + 4, 3).putLong(128 + 24, strings).putLong(128 + 32, names);
    elf.putInt(192 + 4, 2).putLong(192 + 24, strings + names).putLong(192 + 32, symbols * 24L);
    elf.putInt(192 + 40, 1);
    for (int i = 1; i < names - 1; i++) {
      elf.put(strings + i, (byte) 'x');
    }
    for (int i = 0; i < symbols; i++) {
      elf.putInt(strings + names + i * 24, 1);
    }
    Path file = Files.write(folder.resolve("bomb.o"), elf.array());
    assertThat(Cli.run("inspect", "--json", file).succeeded().object())
        .containsEntry("symbols", (long) symbols);
    for (Cli run :
        List.of(
            Cli.run("inspect", "--symbols", file),
            Cli.run("inspect", "--symbols", "--json", file))) {
      assertThat(run.failed(ExitCode.DAMAGED).err())
          .contains("names that do not all share their bytes");
      assertThat(run.out()).hasSizeLessThan(10_000);
    }
  }
}
