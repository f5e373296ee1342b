package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs and their witnesses. The clock is the tests': no input has to come to rest by waiting. */
@EitherWay
class InputsTest {
  private static final long LATER = TimeUnit.SECONDS.toNanos(10);

  @TempDir Path folder;
  private Path source = Path.of("");
  private Path a = Path.of("");
  private Path file = Path.of("");
  private final AtomicLong ahead = new AtomicLong(LATER);
  private final AtomicLong read = new AtomicLong();

  @BeforeEach
  void write() throws IOException {
    source = Files.createDirectories(folder.resolve("src/lib")).resolveSibling("");
    a = Files.writeString(source.resolve("lib/a.c"), "int a = 1;\n");
    file = folder.resolve("a.ji");
    DataFiles.write(
        file,
        Origin.none()
            .withInputs(
                List.of(
                    Input.of("@src/lib/a.c", a),
                    Input.of("@src/lib", a.resolveSibling("")),
                    Input.of("@src/early/a.h", source.resolve("early/a.h")))));
  }

  @Test
  void aSideFileOfAnySizeIsNotRead() throws IOException {
    Path place = folder.resolve("huge");
    Witnesses witnesses = Witnesses.in(place);
    Witnesses.Remembered remembered = witnesses.read(new byte[32], Map.of(), 1);
    remembered.put(0, new Stat(Input.Kind.FILE, 1, 2, 3, 4));
    remembered.save();
    Path side = place.resolve(Bytes.names(place).getFirst());
    try (FileChannel channel = FileChannel.open(side, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 1L << 40); // More than any array holds.
    }
    remembered = witnesses.read(new byte[32], Map.of(), 1);
    assertThat(remembered.has(0, new Stat(Input.Kind.FILE, 1, 2, 3, 4))).isFalse();
  }

  @Test
  void unchangedInputsAreFreshAndReadOnlyOnce() throws IOException {
    assertThat(causes()).isEmpty();
    assertThat(read).hasPositiveValue();
    assertThat(causes()).isEmpty();
    assertThat(read).hasValue(0);
  }

  @Test
  void theTierBelowDoesNotLookAtInputs() throws IOException {
    Files.delete(a);
    assertThat(DataFiles.causes(file, asked().withTier(Tier.HEADER))).isEmpty();
    assertThat(causes()).contains("input-missing @src/lib/a.c");
    assertThat(DataFiles.causes(file, asked().withTier(Tier.FULL)))
        .contains("input-missing @src/lib/a.c");
    assertThat(DataFiles.causes(file, Expectations.none().withTier(Tier.FULL))).isEmpty();
  }

  @Test
  void rootsAreResolvedWhereTheCallerSays() throws IOException {
    Path moved = Files.move(source, folder.resolve("moved"));
    Expectations asked = asked().withRoot("src", moved);
    assertThat(DataFiles.causes(file, asked)).isEmpty();
    assertThat(DataFiles.causes(file, Expectations.none().withTier(Tier.INPUTS)))
        .containsExactly(
            "root-unknown @src/early/a.h", "root-unknown @src/lib", "root-unknown @src/lib/a.c");
  }

  @Test
  void everyKindOfChangeHasItsCause() throws IOException {
    assertThat(causes()).isEmpty();
    Files.writeString(a, "int a = 10;\n");
    assertThat(causes()).containsExactly("input-size @src/lib/a.c");
    Files.writeString(a, "int a = 2;\n");
    assertThat(causes()).containsExactly("input-content @src/lib/a.c");
    Files.writeString(a, "int a = 1;\n");
    assertThat(causes()).isEmpty();
    Files.writeString(a.resolveSibling("b.c"), "");
    assertThat(causes()).containsExactly("input-content @src/lib");
    Files.delete(a.resolveSibling("b.c"));
    Files.createDirectories(source.resolve("early"));
    Files.writeString(source.resolve("early/a.h"), "");
    assertThat(causes()).containsExactly("input-appeared @src/early/a.h");
    Files.delete(source.resolve("early/a.h"));
    Files.delete(a);
    assertThat(causes()).contains("input-missing @src/lib/a.c");
    Files.createDirectory(a);
    assertThat(causes()).containsExactly("input-kind @src/lib/a.c");
  }

  @Test
  void aFolderThatIsAFileNowAndAPipeAreOfAnotherKind() throws IOException {
    Files.delete(a);
    Files.delete(source.resolve("lib"));
    Files.writeString(source.resolve("lib"), "");
    assertThat(causes()).containsExactly("input-kind @src/lib", "input-missing @src/lib/a.c");
    Files.delete(source.resolve("lib"));
    Files.createDirectory(source.resolve("lib"));
    Run.of(Tools.require("mkfifo"), a.toString()).succeeded();
    assertThat(causes()).containsExactly("input-kind @src/lib/a.c");
  }

  @Test
  void anEditOfTheSameSizeWithTheOldTimePutBackIsSeen() throws IOException {
    assertThat(causes()).isEmpty();
    FileTime time = Files.getLastModifiedTime(a);
    Files.writeString(a, "int a = 7;\n");
    Files.setLastModifiedTime(a, time);
    assertThat(causes()).containsExactly("input-content @src/lib/a.c");
  }

  @Test
  void anInputThatIsNotAtRestIsReadEveryTime() throws IOException {
    ahead.set(0);
    assertThat(causes()).isEmpty();
    assertThat(causes()).isEmpty();
    assertThat(read).hasPositiveValue();
    ahead.set(LATER);
    assertThat(causes()).isEmpty();
    assertThat(read).hasPositiveValue();
    assertThat(causes()).isEmpty();
    assertThat(read).hasValue(0);
  }

  @Test
  void restIsTwoSecondsToTheNanosecond() {
    Stat stat = new Stat(Input.Kind.FILE, 1, 5_000_000_000L, 4_000_000_000L, 1);
    assertThat(Witnesses.isAtRest(stat, 7_000_000_000L)).isFalse();
    assertThat(Witnesses.isAtRest(stat, 7_000_000_001L)).isTrue();
    Stat changed = new Stat(Input.Kind.FILE, 1, 0, 5_000_000_000L, 1);
    assertThat(Witnesses.isAtRest(changed, 7_000_000_000L)).isFalse();
  }

  @Test
  void aTimeInTheFutureIsNeverTrusted() throws IOException {
    Files.setLastModifiedTime(a, FileTime.from(Instant.now().plus(Duration.ofDays(400))));
    assertThat(causes()).isEmpty();
    assertThat(causes()).isEmpty();
    assertThat(read).hasPositiveValue();
    FileTime time = Files.getLastModifiedTime(a);
    Files.writeString(a, "int a = 3;\n");
    Files.setLastModifiedTime(a, time);
    assertThat(causes()).containsExactly("input-content @src/lib/a.c");
  }

  @Test
  void equalTimesOfEverythingAreAsGoodAsOthers() throws IOException {
    FileTime epoch = FileTime.fromMillis(1000);
    Files.setLastModifiedTime(a, epoch);
    assertThat(causes()).isEmpty();
    assertThat(causes()).isEmpty();
    assertThat(read).hasValue(0);
    Path other = Files.writeString(folder.resolve("other"), "int a = 4;\n");
    Files.setLastModifiedTime(other, epoch);
    Files.delete(a);
    Files.move(other, a);
    assertThat(causes()).containsExactly("input-content @src/lib/a.c");
  }

  @Test
  void aTouchedInputIsReadAndStillFresh() throws IOException {
    assertThat(causes()).isEmpty();
    Files.setLastModifiedTime(a, FileTime.fromMillis(123_456_000));
    assertThat(causes()).isEmpty();
    assertThat(read).hasPositiveValue();
    assertThat(causes()).isEmpty();
    assertThat(read).hasValue(0);
  }

  @Test
  void aWitnessThatIsDamagedCountsAsNone() throws IOException {
    assertThat(causes()).isEmpty();
    Path witnesses = folder.resolve("witnesses");
    Path side = witnesses.resolve(Bytes.names(witnesses).getFirst());
    byte[] bytes = Files.readAllBytes(side);
    for (int at = 0; at < bytes.length; at += 3) {
      Bytes.writeFlipped(side, bytes, at, 4);
      assertThat(causes()).isEmpty();
      assertThat(read).as("byte %d", at).hasPositiveValue();
      Files.write(side, bytes);
    }
    Files.write(side, new byte[0]);
    assertThat(causes()).isEmpty();
    assertThat(read).hasPositiveValue();
    assertThat(Bytes.names(witnesses)).hasSize(1);
  }

  @Test
  void aWitnessOfOtherPlacesOrAnotherFileIsNotUsed() throws IOException {
    assertThat(causes()).isEmpty();
    Path copy = folder.resolve("copy");
    Files.createDirectories(copy.resolve("lib"));
    Files.copy(a, copy.resolve("lib/a.c"));
    read.set(0);
    assertThat(look(asked().withRoot("src", copy))).isEmpty();
    assertThat(read).hasPositiveValue();
  }

  @Test
  void withoutWitnessesEverythingIsRead() throws IOException {
    Expectations asked = asked().withWitnesses(Optional.empty());
    assertThat(look(asked)).isEmpty();
    assertThat(look(asked)).isEmpty();
    assertThat(read).hasPositiveValue();
    assertThat(folder.resolve("witnesses")).doesNotExist();
  }

  @Test
  void anInputThatCantBeReadIsACause() throws IOException {
    // A link to itself can't be followed by anybody.
    Files.delete(a);
    Files.createSymbolicLink(a, a);
    assertThat(causes()).containsExactly("input-unreadable @src/lib/a.c");
  }

  @Test
  void aCallerMayAskForExactlyTheseInputs() throws IOException {
    Expectations exact =
        Expectations.none().withInputs(List.of("@src/lib/a.c", "@src/lib", "@src/early/a.h"));
    assertThat(DataFiles.causes(file, exact)).isEmpty();
    assertThat(DataFiles.causes(file, exact.withInputs(List.of("@src/lib/a.c", "@src/lib/b.c"))))
        .containsExactly(
            "input-unexpected @src/early/a.h",
            "input-unexpected @src/lib",
            "input-unrecorded @src/lib/b.c");
  }

  private List<String> causes() throws IOException {
    return look(asked());
  }

  private List<String> look(Expectations asked) throws IOException {
    read.set(0);
    try (Validity validity = DataFile.check(file, asked, read::addAndGet)) {
      return validity instanceof Validity.Stale stale ? DataFiles.names(stale.causes()) : List.of();
    }
  }

  private Expectations asked() {
    Witnesses witnesses =
        new Witnesses(
            () -> Optional.of(folder.resolve("witnesses")),
            () -> TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) + ahead.get());
    return Expectations.none()
        .withTier(Tier.INPUTS)
        .withRoot("src", source)
        .withWitnesses(witnesses);
  }
}
