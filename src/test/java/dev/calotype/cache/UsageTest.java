package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs of sessions and what they are merged into, torn and damaged ones included. */
class UsageTest {
  private static final KeyPrefix A = new KeyPrefix(1, 2);
  private static final KeyPrefix B = new KeyPrefix(-1, 3);

  @TempDir Path folder;
  private int files;

  @Test
  void aLogSaysWhatWasWritten() throws IOException {
    Path file = Files.createFile(folder.resolve("log"));
    byte[] key = Bytes.random(300, 1);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      SessionLog log = new SessionLog(channel);
      log.append(Records.uses(Map.of(A, new Use(100, 3, 0), B, new Use(90, 1, 0))));
      log.append(
          List.of(
              Records.counts(Map.of("hits", 4L, "späte", 1L)),
              Records.miss(new LoggedMiss(80, "absent", key)),
              Records.mark(A, Use.COMPRESSED)));
      log.append(Records.uses(Map.of(A, new Use(120, 2, 0))));
      assertThat(log.size()).isEqualTo(Files.size(file));
    }
    Merged merged = new Merged();
    Frames.Extent extent = merged.read(file, Optional.empty());
    assertThat(extent).isEqualTo(new Frames.Extent(0, Files.size(file)));
    assertThat(merged.usage.of(A)).isEqualTo(new Use(120, 2, Use.COMPRESSED));
    assertThat(merged.usage.of(B)).isEqualTo(new Use(90, 1, 0));
    assertThat(merged.usage.counts()).isEqualTo(Map.of("hits", 4L, "späte", 1L));
    assertThat(merged.misses).hasSize(1);
    assertThat(merged.misses.getFirst().reason()).isEqualTo("absent");
    assertThat(merged.misses.getFirst().key()).isEqualTo(key);
  }

  @Test
  void nothingIsReadTwiceAndALaterLogIsReadFromItsStart() throws IOException {
    Path file = Files.createFile(folder.resolve("log"));
    Merged merged = new Merged();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      SessionLog log = new SessionLog(channel);
      log.append(Records.uses(Map.of(A, new Use(1, 1, 0))));
      Frames.Extent first = merged.read(file, Optional.empty());
      assertThat(merged.read(file, Optional.of(first))).isEqualTo(first);
      log.append(Records.uses(Map.of(A, new Use(2, 1, 0))));
      Frames.Extent second = merged.read(file, Optional.of(first));
      assertThat(merged.usage.of(A).count()).isEqualTo(2);
      log.restart();
      assertThat(file).isEmptyFile();
      log.append(Records.uses(Map.of(A, new Use(3, 1, 0))));
      assertThat(merged.read(file, Optional.of(second)).epoch()).isEqualTo(1);
    }
    assertThat(merged.usage.of(A)).isEqualTo(new Use(3, 3, 0));
  }

  @Test
  void aLogTornAnywhereSaysWhatIsWholeBeforeThat() throws IOException {
    Path file = Files.createFile(folder.resolve("log"));
    List<Long> ends = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      SessionLog log = new SessionLog(channel);
      for (int i = 0; i < 5; i++) {
        log.append(Records.uses(Map.of(A, new Use(i, 1, 0))));
        ends.add(log.size());
      }
    }
    byte[] whole = Files.readAllBytes(file);
    for (int size = 0; size <= whole.length; size++) {
      Merged merged = new Merged();
      merged.read(fresh(Arrays.copyOf(whole, size)), Optional.empty());
      long limit = size;
      assertThat(merged.usage.of(A).count())
          .isEqualTo(ends.stream().filter(end -> end <= limit).count());
    }
  }

  @Test
  void aLogOfAnyBytesSaysNothingWrong() throws IOException {
    Path file =
        log(Records.uses(Map.of(A, new Use(1, 1, 0))), List.of(Records.counts(Map.of("hits", 1L))));
    byte[] whole = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 500; i++) {
      byte[] changed = whole.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      Merged merged = new Merged();
      merged.read(fresh(changed), Optional.empty());
      assertThat(merged.usage.of(A)).isIn(Use.NEVER, new Use(1, 1, 0));
      assertThat(merged.usage.counts()).isIn(Map.of(), Map.of("hits", 1L));
    }
  }

  @Test
  void recordsOfLaterVersionsAreSkipped() throws IOException {
    Path file =
        log(
            List.of(new byte[] {99, 1, 2}, new byte[] {4, 1}, new byte[] {2, 5, 'a'}),
            Records.uses(Map.of(A, new Use(1, 1, 0))));
    Merged merged = new Merged();
    merged.read(file, Optional.empty());
    assertThat(merged.usage.of(A).count()).isEqualTo(1);
  }

  @Test
  void moreUsesThanARecordHoldsAreSeveralRecords() throws IOException {
    Map<KeyPrefix, Use> uses = new HashMap<>();
    for (int i = 0; i < 40_000; i++) {
      uses.put(new KeyPrefix(i, i), new Use(i, 1, 0));
    }
    Merged merged = new Merged();
    merged.read(log(Records.uses(uses)), Optional.empty());
    assertThat(merged.usage.size()).isEqualTo(40_000);
  }

  @Test
  void whatIsMergedIsReadAsItWasWrittenWithTheSameBytes() throws IOException {
    Usage usage = filled();
    Path file = Files.write(folder.resolve("usage"), usage.encode());
    Usage again = Usage.read(file);
    assertThat(again.of(A)).isEqualTo(new Use(5, 0, Use.INCOMPRESSIBLE));
    assertThat(again.of(B)).isEqualTo(new Use(7, 2, 0));
    assertThat(again.counts()).isEqualTo(usage.counts());
    assertThat(again.cleanup()).hasValue(1234);
    assertThat(again.session("00000000000000ff")).contains(new Frames.Extent(3, 99));
    assertThat(again.encode()).isEqualTo(usage.encode());
  }

  @Test
  void damagedUsageIsNone() throws IOException {
    byte[] whole = filled().encode();
    for (int i = 0; i < whole.length; i++) {
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      assertThat(Usage.read(fresh(changed)).counts()).isEmpty();
      assertThat(Usage.read(fresh(Arrays.copyOf(whole, i))).counts()).isEmpty();
    }
    assertThat(Usage.read(folder.resolve("none")).counts()).isEmpty();
  }

  @Test
  void whatIsGoneIsForgotten() {
    Usage usage = filled();
    usage.retainSessions(session -> false);
    usage.retainEntries((key, use) -> key.equals(B));
    assertThat(usage.session("00000000000000ff")).isEmpty();
    assertThat(usage.of(A)).isEqualTo(Use.NEVER);
    assertThat(usage.of(B).count()).isEqualTo(2);
  }

  /** The log of a session that wrote these. */
  @SafeVarargs
  private final Path log(List<byte[]>... records) throws IOException {
    Path file = Files.createFile(folder.resolve("log"));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      SessionLog log = new SessionLog(channel);
      for (List<byte[]> some : records) {
        log.append(some);
      }
    }
    return file;
  }

  /** A file of its own: writing one over again makes the file system wait for the disk. */
  private Path fresh(byte[] content) throws IOException {
    files++;
    return Files.write(folder.resolve("file" + files), content);
  }

  private static Usage filled() {
    Usage usage = new Usage();
    usage.used(A, 5, 9);
    usage.marked(A, Use.INCOMPRESSIBLE);
    usage.used(B, 7, 2);
    usage.counted("hits", 11);
    usage.counted("a-counter-of-tomorrow", 1L << 60);
    usage.setCleanup(1234);
    usage.setSession("00000000000000ff", new Frames.Extent(3, 99));
    return usage;
  }

  private static final class Merged {
    final Usage usage = new Usage();
    final List<LoggedMiss> misses = new ArrayList<>();

    Frames.Extent read(Path file, Optional<Frames.Extent> from) throws IOException {
      return Frames.read(file, from, payload -> Records.read(payload, usage, misses::add))
          .orElse(new Frames.Extent(0, 0));
    }
  }
}
