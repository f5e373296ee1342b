package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All that is done to a store, recorded and replayed with what a power loss may drop: {@link
 * DiskTrace}. Each sync is left out once, and each is missed.
 */
class StorePowerLossTest {
  @TempDir Path folder;
  private int states;

  @Test
  void inDurableModeNothingThatWasSaidIsLostAndNoSyncIsTooMany() throws IOException {
    Recording recording = record(Durability.DURABLE, true);
    int entries = Layout.in(recording.store).entries().getNameCount();
    assertThat(violations(recording, 0, -1)).isEmpty();
    assertThat(states).isGreaterThan(300);
    for (int sync : recording.trace.syncs()) {
      Path path = recording.trace.path(sync);
      // Folders that were there before are what the other test is about.
      if (path.getNameCount() > entries + 1 && !path.resolveSibling("").endsWith("work")) {
        assertThat(violations(recording, sync + 1, sync)).as("without %s", path).isPresent();
      }
    }
  }

  @Test
  void theFirstEntryOfAStoreIsNotLostEither() throws IOException {
    Recording recording = record(Durability.DURABLE, false);
    assertThat(violations(recording, 0, -1)).isEmpty();
    for (int sync : recording.trace.syncs()) {
      Path path = recording.trace.path(sync);
      // But for the compiler's text, a file in work, which is written again if it is torn.
      if (Files.isDirectory(path) || !path.resolveSibling("").endsWith("work")) {
        assertThat(violations(recording, sync + 1, sync)).as("without %s", path).isPresent();
      }
    }
  }

  @Test
  void inFastModeAnEntryMayBeLostButNeverTorn() throws IOException {
    Recording recording = record(Durability.FAST, true);
    assertThat(recording.trace.syncs())
        .as("of a durable entry, which stays one")
        .allMatch(sync -> !recording.trace.path(sync).toString().contains("m.ji"));
    assertThat(violations(recording, 0, -1)).isEmpty();
  }

  /**
   * What was recorded.
   *
   * @param store the store
   * @param isPrepared whether it was there before
   * @param durability how it was written to
   * @param trace what was done
   * @param saidAt what had been said after how many of the steps
   */
  private record Recording(
      Path store,
      boolean isPrepared,
      Durability durability,
      DiskTrace trace,
      SortedMap<Integer, String> saidAt) {}

  /** The first state that answers wrongly, if one does. */
  private Optional<String> violations(Recording recording, int from, int withoutSync)
      throws IOException {
    Optional<String> found = Optional.empty();
    for (int moment = from; moment <= recording.trace.size() && found.isEmpty(); moment++) {
      if (isLooked(recording, moment, withoutSync)) {
        found = violation(recording, moment, withoutSync);
      }
    }
    return found;
  }

  /**
   * Between writes, nothing has a name that had none before; and what a sync is for is what is said
   * after it.
   */
  private static boolean isLooked(Recording recording, int moment, int withoutSync) {
    return recording.saidAt.containsKey(moment)
        || (withoutSync < 0
            && moment > 0
            && !recording.trace.words(moment - 1).startsWith("write "));
  }

  private Optional<String> violation(Recording recording, int moment, int withoutSync)
      throws IOException {
    String said = String.join("", recording.saidAt.headMap(moment + 1).values());
    int number = 0;
    for (DiskTrace.State state : recording.trace.losses(moment, withoutSync)) {
      Path there = folder.resolve("after");
      PrivateFiles.remove(there);
      Files.createDirectory(there);
      state.write(there);
      states++;
      StoreConfig after =
          StoreConfig.in(there.resolve("s"))
              .withDurability(recording.durability)
              .withBootId(Optional.of("next"));
      try {
        StoreSteps.requireRight(
            after,
            said,
            recording.durability == Durability.DURABLE,
            recording.isPrepared,
            false); // Who evicts does not wait for the disk.
      } catch (AssertionError e) {
        return Optional.of("state %d after step %d: %s".formatted(number, moment, e.getMessage()));
      }
      number++;
    }
    return Optional.empty();
  }

  private Recording record(Durability durability, boolean prepared) throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    StoreConfig config = StoreConfig.in(disk.resolve("s"));
    if (prepared) {
      StoreSteps.prepare(config);
    }
    Path copy = folder.resolve("copy");
    Run.of("cp", "-a", disk.toString(), copy.toString()).succeeded();
    Path log = Files.createDirectory(folder.resolve("logs")).resolve("log");
    List<String> command = new ArrayList<>(List.of(Tools.require("strace"), "-ff", "-qq", "-xx"));
    command.addAll(
        List.of("-s", "1000000", "-o", log.toString(), "-e", "trace=" + DiskTrace.CALLS));
    command.addAll(StoreSteps.command(config.folder(), disk.resolve("said"), durability));
    Run.of(Map.of(), command).succeeded();
    DiskTrace trace = DiskTrace.read(log, disk, copy);
    SortedMap<Integer, String> saidAt = new TreeMap<>();
    List<String> words =
        prepared
            ? List.of("built ", "extended ", "evicted ", "looked")
            : List.of("built ", "evicted ", "looked");
    for (int step = 0; step < trace.size(); step++) {
      if (trace.words(step).equals("write " + disk.resolve("said"))) {
        saidAt.put(step + 1, words.get(saidAt.size()));
      }
    }
    assertThat(saidAt).hasSize(words.size());
    return new Recording(config.folder(), prepared, durability, trace, saidAt);
  }
}
