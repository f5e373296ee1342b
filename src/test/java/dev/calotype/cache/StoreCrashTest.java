package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes killed, or told that the disk is full, at their system calls, one after the other: all
 * of them in {@code soak}, every few of each kind otherwise.
 */
class StoreCrashTest {
  /** What changes folders or files. Each kind is counted by itself. */
  private static final String CALLS =
      "mkdir,pwrite64,write,fsync,rename,link,unlink,rmdir,chmod,fchmodat";

  private static final Pattern CALL = Pattern.compile("^\\d+ +(\\w+)\\(.*");
  private static final int KILLED = 128 + 9;
  private static final int EVERY = 5;

  @TempDir Path folder;
  private int runs;

  @Test
  void whereverAProcessIsKilledTheNextOneAnswersRightly() throws IOException {
    int kills = 0;
    for (Map.Entry<String, Integer> call : calls().entrySet()) {
      for (int when = first(call.getKey()); when <= call.getValue(); when += step()) {
        StoreConfig config = store();
        String injection = "%s:signal=KILL:when=%d".formatted(call.getKey(), when);
        Run run = run(config, call.getKey(), injection, Path.of("/dev/null"));
        assertThat(run.exit()).as(run.err()).isIn(0, KILLED);
        kills += run.exit() == 0 ? 0 : 1;
        String said = Files.readString(said(config)) + ", killed at " + injection;
        StoreSteps.requireRight(config, said, true);
        requireWorking(config);
      }
    }
    assertThat(kills).isGreaterThan(5);
  }

  @Test
  void whereverTheDiskIsFullTheAnswerIsRightAndNothingIsLeft() throws IOException {
    int errors = 0;
    for (String error : List.of("ENOSPC", "EROFS")) {
      for (Map.Entry<String, Integer> call : calls().entrySet()) {
        if (call.getKey().equals("unlink") || call.getKey().equals("rmdir")) {
          continue; // A full disk keeps nobody from removing.
        }
        int shift = error.equals("EROFS") ? step() / 2 : 0;
        for (int when = first(call.getKey()) + shift; when <= call.getValue(); when += step()) {
          StoreConfig config = store();
          Path log = folder.resolve("log");
          String injection = "%s:error=%s:when=%d".formatted(call.getKey(), error, when);
          Run run = run(config, call.getKey(), injection, log);
          errors += run.exit() == 0 ? 0 : 1;
          String expected = error.equals("EROFS") ? "Read-only" : "No space left";
          assertThat(run.exit() == 0 || run.err().contains(expected)).as(run.err()).isTrue();
          String said = Files.readString(said(config)) + ", failed at " + injection;
          StoreSteps.requireRight(config, said.replace("built", "built or not"), false);
          assertThat(Bytes.names(Layout.in(config.folder()).work())).as(injection).isEmpty();
          requireWorking(config);
        }
      }
    }
    assertThat(errors).isPositive();
  }

  /** What is left behind goes, and the next publication is there. */
  private static void requireWorking(StoreConfig config) throws IOException {
    try (Store store = Store.open(config)) {
      store.getOrBuild(Entries.key(StoreSteps.PUBLISHED), Entries::build).close();
      Entries.requireHit(store, StoreSteps.PUBLISHED);
      Session.collectRemains(store.folder().layout(), store.folder().locks());
    }
    assertThat(Bytes.names(Layout.in(config.folder()).work())).isEmpty();
  }

  /** How many calls of each kind all steps are. */
  private Map<String, Integer> calls() throws IOException {
    Path log = folder.resolve("count");
    StoreConfig config = store();
    List<String> command = new ArrayList<>(strace(log));
    command.addAll(List.of("-e", "trace=" + CALLS));
    command.addAll(StoreSteps.command(config.folder(), said(config), Durability.DURABLE));
    Run.of(Map.of(), command).succeeded();
    Map<String, Integer> calls = new TreeMap<>();
    for (String line : Files.readAllLines(log)) {
      Matcher call = CALL.matcher(line);
      if (call.matches()) {
        calls.merge(call.group(1), 1, Integer::sum);
      }
    }
    assertThat(calls.keySet()).contains("mkdir", "pwrite64", "write", "fsync", "rename", "unlink");
    StoreSteps.requireRight(config, Files.readString(said(config)), true);
    return calls;
  }

  private static int step() {
    return Tools.soak() ? 1 : EVERY;
  }

  /** Not the same for all kinds. */
  private static int first(String call) {
    return Tools.soak() ? 1 : 1 + call.length() % EVERY;
  }

  private Run run(StoreConfig config, String call, String injection, Path log) {
    List<String> command = new ArrayList<>(strace(log));
    command.addAll(List.of("-e", "trace=" + call, "-e", "inject=" + injection));
    command.addAll(StoreSteps.command(config.folder(), said(config), Durability.DURABLE));
    return Run.of(Map.of(), command);
  }

  private static List<String> strace(Path log) {
    return List.of(Tools.require("strace"), "-f", "-qq", "-o", log.toString());
  }

  private StoreConfig store() throws IOException {
    runs++;
    StoreConfig config = StoreConfig.in(folder.resolve("s" + runs));
    StoreSteps.prepare(config);
    return config;
  }

  private static Path said(StoreConfig config) {
    return config.folder().resolveSibling(config.folder().getFileName() + "-said");
  }
}
