package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.publish.BootRecord;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A publication's writes, syncs and renames, recorded and replayed with what a power loss may drop:
 * {@link Trace}. There is the old file, the new one or none, and what is torn is never fresh.
 */
class PowerLossTest {
  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void useOwnFolders() throws IOException {
    file = Files.createDirectory(folder.resolve("work")).resolve("a.ji");
    // Another boot: nothing is remembered.
    System.setProperty(BootRecord.FOLDER_PROPERTY, folder.resolve("boot").toString());
  }

  @AfterEach
  void forgetFolder() {
    System.clearProperty(BootRecord.FOLDER_PROPERTY);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDurablePublicationIsTheOldFileOrTheNewOne(boolean replaces) throws IOException {
    Trace trace = record(Durability.DURABLE, replaces);
    assertThat(trace.syncs()).hasSize(2);
    Losses losses = new Losses(trace, -1);
    assertThat(losses.violations).isEmpty();
    assertThat(losses.states).isGreaterThan(10);
    assertThat(losses.seen).contains("new", replaces ? "old" : "none");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutTheSyncOfTheFileATornOneIsFresh(boolean replaces) throws IOException {
    Trace trace = record(Durability.DURABLE, replaces);
    assertThat(new Losses(trace, trace.syncs().getFirst()).violations)
        .anyMatch(text -> text.startsWith("torn, and fresh"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withoutTheSyncOfTheFolderThePublishedFileMayBeGone(boolean replaces) throws IOException {
    Trace trace = record(Durability.DURABLE, replaces);
    assertThat(new Losses(trace, trace.syncs().getLast()).violations)
        .isNotEmpty()
        .allMatch(text -> text.startsWith("published, and not there"));
  }

  @Test
  void aFastPublicationMayBeTornButIsNeverCalledFreshThen() throws IOException {
    Trace trace = record(Durability.FAST, true);
    assertThat(trace.syncs()).isEmpty();
    Losses losses = new Losses(trace, -1);
    assertThat(losses.violations)
        .allMatch(text -> text.startsWith("published, and not there")); // Which it did not promise.
    assertThat(losses.seen).contains("torn", "old", "new");
    assertThat(losses.states).isGreaterThan(50);
  }

  /** What may be there after a power loss at any moment, and what the check says of it. */
  private final class Losses {
    private final List<String> violations = new ArrayList<>();
    private final List<String> seen = new ArrayList<>();
    private final byte[] complete;
    private int states;

    Losses(Trace trace, int withoutSync) throws IOException {
      complete = trace.complete();
      for (int moment = 0; moment <= trace.size(); moment++) {
        boolean published = moment == trace.size();
        for (Trace.State state : trace.losses(moment, withoutSync)) {
          states++;
          look(state, trace, published);
        }
      }
    }

    private void look(Trace.State state, Trace trace, boolean published) throws IOException {
      String what = "none";
      if (state.isThere()) {
        byte[] content = state.content();
        boolean isOld = trace.old().isPresent() && Trace.same(trace.old().get(), content);
        what = isOld ? "old" : Trace.same(complete, content) ? "new" : "torn";
        Files.write(file, content);
      } else {
        Files.deleteIfExists(file);
      }
      seen.add(what);
      for (Tier tier : new Tier[] {Tier.HEADER, Tier.FULL}) {
        String verdict = DataFiles.verdict(file, Expectations.none().withTier(tier));
        if (what.equals("torn") && verdict.equals("Fresh")) {
          violations.add("torn, and fresh at " + tier + ": " + state);
        }
        if (!what.equals("torn") && !verdict.equals(what.equals("none") ? "Absent" : "Fresh")) {
          violations.add(what + ", and " + verdict + ": " + state);
        }
      }
      if (published && !what.equals("new")) {
        violations.add("published, and not there: " + state);
      }
    }
  }

  private Trace record(Durability durability, boolean replaces) throws IOException {
    Files.deleteIfExists(file);
    if (replaces) {
      DataFileTest.write(file, WriteOptions.standard());
    }
    byte[] old = replaces ? Files.readAllBytes(file) : new byte[0];
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>(List.of(Tools.require("strace"), "-ff", "-qq", "-xx"));
    command.addAll(List.of("-s", "1000000", "-o", log.toString(), "-e", "trace=" + Trace.CALLS));
    command.addAll(
        Run.javaCommand(
            List.of(
                "-XX:-UsePerfData",
                "-D" + BootRecord.FOLDER_PROPERTY + "=" + folder.resolve("other-boot")),
            CrashTest.WriteOne.class,
            durability.name(),
            file.toString()));
    Run.of(Map.of(), command).succeeded();
    return Trace.read(log, file, old);
  }
}
