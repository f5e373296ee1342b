package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.calotype.Durability;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cleanups that evict, compress and merge, killed or told that the disk is full at their system
 * calls: all of them in {@code soak}, every few of each kind otherwise.
 */
class UpkeepCrashTest {
  private static final String CALLS =
      "mkdir,pwrite64,write,fsync,rename,unlink,rmdir,fchmodat,utimensat";
  private static final Pattern CALL = Pattern.compile("^\\d+ +(\\w+)\\(.*");
  private static final int KILLED = 128 + 9;
  private static final int STEP = 16;

  /** Number 1 goes, the others stay; all are compressed first or later. */
  private static final int ENTRIES = 3;

  @TempDir Path folder;
  private int runs;

  @Test
  void whereverACleanupIsKilledEntriesAreWholeAndTheNextOneFinishes() throws IOException {
    int kills = 0;
    for (Map.Entry<String, Integer> call : calls().entrySet()) {
      for (int when = first(call.getKey()); when <= call.getValue(); when += step()) {
        StoreConfig config = prepare();
        String injection = "%s:signal=KILL:when=%d".formatted(call.getKey(), when);
        Run run = run(config, call.getKey(), injection, Path.of("/dev/null"));
        assertThat(run.exit()).as(run.err()).isIn(0, KILLED);
        kills += run.exit() == 0 ? 0 : 1;
        requireWhole(config, "killed at " + injection);
        requireFinished(config, "killed at " + injection);
      }
    }
    assertThat(kills).isGreaterThan(5);
  }

  @Test
  void aFullDiskKeepsNobodyFromEvictingAndLeavesNothing() throws IOException {
    int errors = 0;
    for (Map.Entry<String, Integer> call : calls().entrySet()) {
      if (!List.of("mkdir", "pwrite64", "write", "fsync").contains(call.getKey())) {
        continue; // The others need no space.
      }
      for (int when = first(call.getKey()); when <= call.getValue(); when += step()) {
        StoreConfig config = prepare();
        Path log = folder.resolve("log");
        String injection = "%s:error=ENOSPC:when=%d".formatted(call.getKey(), when);
        Run run = run(config, call.getKey(), injection, log);
        errors += Files.readString(log).contains("(INJECTED)") ? 1 : 0;
        assertThat(run.exit() == 0 || run.err().contains("No space left")).as(run.err()).isTrue();
        requireWhole(config, injection);
        assertThat(isThere(config, 1)).as(injection).isFalse();
        assertThat(Bytes.names(Layout.in(config.folder()).work())).as(injection).isEmpty();
        requireFinished(config, injection);
      }
    }
    assertThat(errors).isPositive();
  }

  private static void requireWhole(StoreConfig config, String when) throws IOException {
    try (Store store = Store.open(config)) {
      for (int i = 1; i <= ENTRIES; i++) {
        // Not a get, which would count as a use.
        Expectations full = Expectations.none().withTier(Tier.FULL);
        try (Lookup found = store.lookups().look(Entries.key(i), full)) {
          if (found instanceof Miss miss) {
            assertThat(i).as("%s: %s", when, miss).isEqualTo(1);
            assertThat(miss.reason()).as(when).isEqualTo(Miss.Reason.ABSENT);
          }
        }
      }
    }
  }

  /** One more cleanup, and all is as if there had been one only. */
  private static void requireFinished(StoreConfig config, String when) throws IOException {
    Layout layout = Layout.in(config.folder());
    try (Store store = Store.open(config)) {
      assertThat(Maintenance.of(store).clean()).isPresent();
    }
    assertThat(Bytes.names(layout.work())).as(when).isEmpty();
    assertThat(isThere(config, 1)).as(when).isFalse();
    for (int i = 2; i <= ENTRIES; i++) {
      assertThat(Bytes.names(Entries.key(i).place().folder(layout.entries())))
          .as(when)
          .filteredOn(name -> !name.startsWith(Boot.PREFIX))
          .hasSize(3)
          .contains("manifest", "notes.txt");
    }
    // However often they were merged, and whoever died of it.
    Map<String, Long> counts = UsageFiles.read(layout).usage().counts();
    assertThat(counts).as(when).containsEntry("builds", 3L).containsEntry("hits", 3L);
    assertThat(EntryScan.of(layout, new Usage(), () -> {}).untidy()).as(when).isEmpty();
  }

  private static boolean isThere(StoreConfig config, long number) {
    Layout layout = Layout.in(config.folder());
    return Files.exists(Entries.key(number).place().folder(layout.entries()));
  }

  private Map<String, Integer> calls() throws IOException {
    Path log = folder.resolve("count");
    StoreConfig config = prepare();
    List<String> command = new ArrayList<>(strace(log));
    command.addAll(List.of("-e", "trace=" + CALLS));
    command.addAll(clean(config));
    Run.of(Map.of(), command).succeeded();
    try (Store store = Store.open(config);
        Hit hit = (Hit) store.lookups().look(Entries.key(2), Expectations.none())) {
      DataFile data = hit.data().orElseThrow().data();
      assertThat(data.section("text").orElseThrow().isPacked()).isTrue();
    }
    requireFinished(config, "not killed");
    Map<String, Integer> calls = new TreeMap<>();
    for (String line : Files.readAllLines(log)) {
      Matcher call = CALL.matcher(line);
      if (call.matches()) {
        calls.merge(call.group(1), 1, Integer::sum);
      }
    }
    assertThat(calls.keySet()).contains("mkdir", "pwrite64", "rename", "unlink", "rmdir");
    return calls;
  }

  private Run run(StoreConfig config, String call, String injection, Path log) {
    List<String> command = new ArrayList<>(strace(log));
    command.addAll(List.of("-e", "trace=" + call, "-e", "inject=" + injection));
    command.addAll(clean(config));
    return Run.of(Map.of(), command);
  }

  private static List<String> strace(Path log) {
    return List.of(Tools.require("strace"), "-f", "-qq", "-o", log.toString());
  }

  private static List<String> clean(StoreConfig config) {
    List<String> command =
        new ArrayList<>(
            Run.javaCommand(
                List.of(
                    "-XX:-UsePerfData", // Its file would be among the calls.
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED"),
                Clean.class,
                config.folder().toString()));
    int classPath = command.indexOf("-cp") + 1;
    command.set(classPath, command.get(classPath) + ":" + Run.jar(Zstd.class));
    return command;
  }

  /** A store with an entry for each number, of which the first was used longest ago. */
  private StoreConfig prepare() throws IOException {
    runs++;
    Path path = Files.createDirectory(folder.resolve("s" + runs)).toRealPath();
    StoreConfig config = Clean.config(path);
    Instant start = Instant.now();
    for (int i = 1; i <= ENTRIES; i++) {
      Instant used = start.plusSeconds(i * 10L);
      StoreConfig early = config.withDurability(Durability.FAST).withClock(() -> used);
      try (Store store = Store.open(early)) {
        store.getOrBuild(Entries.key(i), Clean::build).close();
        store.get(Entries.key(i)).close();
      }
    }
    return config;
  }

  private static int step() {
    return Tools.soak() ? 1 : STEP;
  }

  /** Not the same for all kinds. */
  private static int first(String call) {
    return Tools.soak() ? 1 : 1 + call.length() % STEP;
  }

  /** Cleans up once, in a JVM of its own, a week later. */
  static final class Clean {
    private Clean() {}

    static StoreConfig config(Path store) {
      Instant later = Instant.now().plus(Duration.ofDays(8));
      return StoreConfig.in(store)
          .withClock(() -> later)
          .withBackgroundWork(false)
          .withEntryLimit(ENTRIES - 1, 100)
          .withFreeDisk(0)
          .withColdCompression(1, Duration.ofDays(7))
          .withCompressionWorth(0, 0);
    }

    static void build(Fields fields, Draft draft) throws IOException {
      String text = "number %d ".formatted(fields.integer("number")).repeat(5000);
      try (DataFileWriter data = draft.data("m.ji");
          OutputStream notes = draft.other("notes.txt")) {
        try (OutputStream section = data.section("text", 64, false)) {
          section.write(text.getBytes(StandardCharsets.UTF_8));
        }
        data.publish();
        notes.write(1);
      }
    }

    public static void main(String[] arguments) throws IOException {
      try (Store store = Store.open(config(Path.of(arguments[0])))) {
        if (Maintenance.of(store).clean().isEmpty()) {
          throw new IllegalStateException("somebody else cleans up");
        }
      }
    }
  }
}
