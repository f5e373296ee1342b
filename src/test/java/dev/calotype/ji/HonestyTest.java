package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every field is looked at: changing any byte of page one or the tables, with all digests over it
 * made right again, changes the verdict. What is left is listed by name.
 */
class HonestyTest {
  @TempDir Path folder;
  private Path file = Path.of("");
  private byte[] whole = {};
  private Origin origin = Origin.none();
  private Expectations asked = Expectations.none();

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("a.ji");
    Path source = Files.createDirectories(folder.resolve("src"));
    Path input = Files.writeString(source.resolve("a.c"), "int a;");
    origin =
        DataFiles.origin()
            .withInputs(
                List.of(
                    Input.of("@src/a.c", input),
                    Input.of("@src/none", source.resolve("none")),
                    Input.of("@src/folder", Files.createDirectory(source.resolve("folder")))));
    DataId id = DataFiles.write(file, origin);
    whole = Files.readAllBytes(file);
    asked =
        DataFiles.expectations()
            .withDataId(id)
            .withTier(Tier.FULL)
            .withRoot("src", source)
            .withWitnesses(Optional.empty())
            .withInputs(origin.inputs().keySet());
    assertThat(DataFiles.causes(file, asked)).isEmpty();
  }

  @Test
  void everyByteOfPageOneDecidesUnderARightChecksum() throws IOException {
    Set<String> undecided = new TreeSet<>();
    for (int at = 0; at < PageOne.SIZE - 4; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      DataFileTest.fixChecksum(changed);
      Files.write(file, changed);
      String verdict = DataFiles.verdict(file, asked);
      if (verdict.equals("Fresh")) {
        undecided.add(at < 0x0c ? "minor version" : at < 0x800 ? "byte %x".formatted(at) : "spare");
      }
    }
    assertThat(undecided).containsExactly("minor version", "spare");
  }

  @Test
  void everyByteOfTheTablesDecidesUnderRightDigests() throws IOException {
    int tail = DataFiles.tail(whole);
    Set<String> undecided = new TreeSet<>();
    for (int at = tail; at < tail + DataFiles.tablesSize(whole); at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      DataFiles.fixDigests(changed);
      Files.write(file, changed);
      if (DataFiles.verdict(file, asked).equals("Fresh")) {
        undecided.add(nameOf(at - tail));
      }
    }
    // How a value is compared matters only where it differs: the next test.
    assertThat(undecided)
        .containsExactly(
            "comparison of an option",
            "spare of an input",
            "spare of the header",
            "zeros after the texts");
  }

  @Test
  void theRecordedComparisonOfAnOptionDecides() throws IOException {
    Expectations lower = asked.withOption("opt-level", "1");
    assertThat(DataFiles.causes(file, lower)).isEmpty();
    byte[] changed = whole.clone();
    int facts = DataFiles.tail(whole) + Tail.HEADER_SIZE + 3 * Tail.SECTION_SIZE;
    for (int at = facts; ; at += Tail.FACT_SIZE) {
      if (DataFiles.view(changed).getShort(at) == Tail.FACT_OPTION) {
        DataFiles.view(changed).putShort(at + 2, (short) Comparison.EXACT.number());
        break;
      }
    }
    DataFiles.fixDigests(changed);
    Files.write(file, changed);
    assertThat(DataFiles.causes(file, lower)).containsExactly("option-value opt-level");
  }

  @Test
  void everyNumberOfTheTablesMayBeAbsurdAndCostsNothing() throws IOException {
    DataFileTest.write(file, WriteOptions.standard().withReplace(true).withOrigin(origin));
    List<String> options = List.of("-Xmx12m", "-XX:+UseSerialGC");
    Run run = Run.of(Map.of(), Run.javaCommand(options, Lies.class, file.toString())).succeeded();
    assertThat(Integer.parseInt(run.out().strip())).isGreaterThan(400);
  }

  /** Tells lies in a heap that has no room for what they claim. */
  static final class Lies {
    private Lies() {}

    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      byte[] whole = Files.readAllBytes(file);
      int tail = DataFiles.tail(whole);
      Expectations full = Expectations.none().withTier(Tier.FULL).withTarget("another");
      int damaged = 0;
      for (int at = tail; at + 4 <= tail + DataFiles.tablesSize(whole); at += 4) {
        for (int value : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 24}) {
          byte[] changed = whole.clone();
          DataFiles.view(changed).putInt(at, value);
          DataFiles.fixDigests(changed);
          Files.write(file, changed);
          damaged += DataFiles.verdict(file, full).equals("Damaged") ? 1 : 0;
        }
      }
      System.out.println(damaged);
    }
  }

  @Test
  void everyFlippedByteOfDigestsAndPackedChunksIsDamage() throws IOException {
    int start = DataFiles.tail(whole) + DataFiles.tablesSize(whole);
    for (int at = start; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x40;
      Files.write(file, changed);
      assertThat(DataFiles.verdict(file, asked)).as("byte %d", at).isEqualTo("Damaged");
      assertThat(DataFiles.verdict(file, Expectations.none())).isEqualTo("Fresh");
    }
  }

  @Test
  void everyFlippedBitOfStoredContentIsDamage() throws IOException {
    for (int at = PageOne.SIZE; at < DataFiles.tail(whole); at++) {
      byte[] changed = whole.clone();
      changed[at] ^= (byte) (1 << (at % 8));
      Files.write(file, changed);
      assertThat(DataFiles.verdict(file, asked)).as("byte %d", at).isEqualTo("Damaged");
    }
  }

  private String nameOf(int at) {
    int sections = Tail.HEADER_SIZE;
    int facts = sections + 3 * Tail.SECTION_SIZE;
    int inputs = facts + DataFiles.view(whole).getInt(DataFiles.tail(whole) + 4) * Tail.FACT_SIZE;
    int texts = inputs + 3 * Tail.INPUT_SIZE;
    if (at < sections) {
      return at >= 20 && at < 24 ? "spare of the header" : "header " + at;
    }
    if (at < facts) {
      return "section " + (at - sections) % Tail.SECTION_SIZE;
    }
    if (at < inputs) {
      int field = (at - facts) % Tail.FACT_SIZE;
      return field == 2 || field == 3 ? "comparison of an option" : "fact " + field;
    }
    if (at < texts) {
      int field = (at - inputs) % Tail.INPUT_SIZE;
      return field >= 20 && field < 24 ? "spare of an input" : "input " + field;
    }
    return at >= DataFiles.tablesSize(whole) - 8 ? "zeros after the texts" : "text " + (at - texts);
  }
}
