package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckTest {
  private static final Path LIBRARY = Libraries.ofTheJdk("libnet.so");

  private final Path folder;
  private final Path data;
  private final Path code;
  private final Object id;

  CheckTest(@TempDir Path folder) {
    this.folder = folder;
    this.data = folder.resolve("libnet.so.ji");
    this.code = folder.resolve("libnet.so.code");
    this.id =
        Cli.run("split", LIBRARY, "-o", folder, "--json")
            .succeeded()
            .object()
            .getOrDefault("dataId", "");
  }

  @Test
  void aPairIsFresh() {
    String out = Cli.run("check", data, "--code", code).succeeded().out();
    assertThat(out.lines()).hasSize(2).allMatch(line -> line.startsWith("fresh    "));
    assertThat(out)
        .contains(data + "  (data file, full check, data " + id.toString().substring(0, 12) + ")");
    for (String tier : List.of("header", "full")) {
      List<Map<String, Object>> objects =
          Cli.run("check", "--json", "--tier", tier, data, "--code", code).succeeded().json();
      assertThat(objects)
          .extracting(object -> object.get("file"), object -> object.get("kind"))
          .containsExactly(tuple(data.toString(), "data"), tuple(code.toString(), "code"));
      assertThat(objects)
          .allSatisfy(object ->
              assertThat(object)
                  .containsEntry("verdict", "fresh")
                  .containsEntry("tier", tier)
                  .containsEntry("causes", List.of())
                  .containsEntry("dataId", id));
    }
  }

  @Test
  void eachFileIsCheckedAsWhatItsContentSays() throws IOException {
    Path a = Files.copy(data, folder.resolve("a"));
    Path b = Files.copy(code, folder.resolve("b"));
    assertThat(Cli.run("check", "--json", a, b).succeeded().json())
        .extracting(object -> object.get("kind"))
        .containsExactly("data", "code");
  }

  @Test
  void anotherSplitsCodeIsStaleAndSaysWhyInColumns() {
    Cli.run("split", Libraries.ofTheJdk("libzip.so"), "-o", folder).succeeded();
    Path other = folder.resolve("libzip.so.code");
    Cli run = Cli.run("check", data, "--code", other);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("fresh    " + data, "stale    " + other)
        .containsPattern("Cause +Expected +Actual\n")
        .containsPattern("code-data-id +[0-9a-f]{12} +[0-9a-f]{12}\n")
        .contains("different splits");

    Map<String, Object> object = Cli.run("check", "--json", data, "--code", other).json().get(1);
    assertThat(object).containsEntry("verdict", "stale");
    assertThat(Cli.objects(object, "causes").getFirst())
        .containsEntry("code", "code-data-id")
        .containsEntry("expected", id)
        .containsKey("actual");
    // By itself it is what it was written as.
    Cli.run("check", other).succeeded();
  }

  @Test
  void damageIsLocatedInEitherHalfAndTheOtherIsStillChecked() throws IOException {
    for (Path half : List.of(data, code)) {
      byte[] good = Files.readAllBytes(half);
      int offset = good.length / 2;
      Bytes.writeFlipped(half, good, offset, 0x10);
      Cli run = Cli.run("check", "--json", data, "--code", code);
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err()).isEmpty();
      List<Map<String, Object>> objects = run.json();
      assertThat(objects).hasSize(2);
      Map<String, Object> bad = objects.get(half.equals(data) ? 0 : 1);
      assertThat(bad).containsEntry("verdict", "damaged").containsKeys("structure", "reason");
      assertThat((Long) bad.getOrDefault("offset", -1L)).isBetween(0L, (long) offset);
      assertThat(objects.get(half.equals(data) ? 1 : 0)).containsEntry("verdict", "fresh");
      assertThat(Cli.run("check", half).out())
          .startsWith("damaged  " + half)
          .contains(" at offset ", "split the image again");
      Files.write(half, good);
    }
  }

  @Test
  void everyTruncationOfEitherHalfIsDamaged() throws IOException {
    for (Path half : List.of(data, code)) {
      byte[] good = Files.readAllBytes(half);
      for (int size = 0; size < good.length; size += size < 600 ? 1 : 331) {
        Files.write(half, Arrays.copyOf(good, size));
        for (String tier : List.of("header", "full")) {
          Cli pair = Cli.run("check", data, "--code", code, "--tier", tier);
          assertThat(pair.status()).as("%s of %d bytes", half, size).isEqualTo(2);
          assertThat(pair.err()).isEmpty();
          assertThat(Cli.run("check", half, "--tier", tier).status())
              .as("%s of %d bytes, alone", half, size)
              .isEqualTo(2);
        }
      }
      Files.write(half, good);
    }
  }

  @Test
  void whatIsMissingIsAbsentAndWhatIsNotOursIsForeign() throws IOException {
    Path missing = folder.resolve("missing");
    Path text = Files.writeString(folder.resolve("text"), "hello");
    Cli run = Cli.run("check", missing, text, LIBRARY, data);
    assertThat(run.status()).isEqualTo(3);
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("absent   " + missing, "foreign  " + text, "fresh    " + data);
    assertThat(Cli.run("check", missing).status()).isEqualTo(1);

    List<Map<String, Object>> objects = Cli.run("check", "--json", missing, text, LIBRARY).json();
    assertThat(objects)
        .extracting(object -> object.get("verdict"))
        .containsExactly("absent", "foreign", "foreign");
    assertThat(objects.get(0).keySet()).isEqualTo(Set.of("file", "verdict", "tier", "causes"));
    assertThat(objects.get(1)).containsKey("found");

    Cli pair = Cli.run("check", "--json", missing, "--code", code);
    assertThat(pair.status()).isEqualTo(1);
    assertThat(pair.json().get(1)).containsEntry("verdict", "fresh");
    assertThat(Cli.run("check", data, "--code", missing).status()).isEqualTo(1);
  }

  @Test
  void aNameWithALineBreakStaysOnItsLine() throws IOException {
    Path odd = Files.copy(data, folder.resolve("odd\nname.ji"));
    assertThat(Cli.run("check", odd).succeeded().out()).hasLineCount(1).contains("odd\\nname.ji");
    assertThat(Cli.run("check", "--json", odd).succeeded().object())
        .containsEntry("file", odd.toString());
  }
}
