package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.publish.BootRecord;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Writers killed at each of their system calls, one after the other: never a torn file. */
class CrashTest {
  private static final String CALLS =
      "pwrite64,fsync,link,linkat,rename,renameat,renameat2,unlink,unlinkat";
  private static final int KILLED = 128 + 9;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void aKilledWriterLeavesTheOldFileOrTheNewOne(Durability durability) throws IOException {
    Path file = folder.resolve("a.ji");
    WriteOptions options = WriteOptions.standard().withReplace(true).withDurability(durability);
    DataId old = DataFileTest.write(file, options);
    int kills = 0;
    boolean finished = false;
    while (!finished) {
      kills++;
      Run run = writeKilledAt(kills, durability, file);
      finished = run.exit() == 0;
      assertThat(run.exit()).as(run.err()).isIn(0, KILLED);
      try (Validity validity = DataFile.check(file, Expectations.none().withTier(Tier.FULL))) {
        assertThat(validity).as("killed at call %d", kills).isInstanceOf(Validity.Fresh.class);
        boolean isNew = !((Validity.Fresh) validity).data().id().equals(old);
        assertThat(finished).isIn(isNew, false);
      }
    }
    // Writes of sections, tail and page, and the rename: at the very least.
    assertThat(kills).isGreaterThan(durability == Durability.DURABLE ? 7 : 5);
  }

  @Test
  void aKilledWriterOfANewFileLeavesNoneOrAWholeOne() throws IOException {
    Path work = Files.createDirectory(folder.resolve("work"));
    boolean absent = false;
    boolean finished = false;
    for (int call = 1; !finished; call++) {
      Path file = work.resolve(call + ".ji");
      finished = writeKilledAt(call, Durability.DURABLE, file).exit() == 0;
      try (Validity validity = DataFile.check(file, Expectations.none().withTier(Tier.FULL))) {
        absent |= validity instanceof Validity.Absent;
        assertThat(validity)
            .as("killed at call %d", call)
            .isInstanceOfAny(Validity.Absent.class, Validity.Fresh.class);
        assertThat(!finished || validity instanceof Validity.Fresh).isTrue();
      }
    }
    assertThat(absent).isTrue();
    // What is left besides is under names that nobody reads.
    assertThat(Bytes.names(work))
        .allMatch(name -> name.endsWith(".ji") || (name.startsWith(".") && name.endsWith(".part")));
  }

  private Run writeKilledAt(int call, Durability durability, Path file) {
    List<String> command =
        new ArrayList<>(List.of(Tools.require("strace"), "-f", "-qq", "-o", "/dev/null"));
    command.addAll(List.of("-e", "inject=" + CALLS + ":signal=KILL:when=" + call));
    command.addAll(
        Run.javaCommand(
            List.of(
                "-XX:-UsePerfData", // Its file would be among the calls.
                "-D" + BootRecord.FOLDER_PROPERTY + "=" + folder.resolve("boot")),
            WriteOne.class,
            durability.name(),
            file.toString()));
    return Run.of(Map.of(), command);
  }

  /** Writes one data file, in a JVM of its own. */
  static final class WriteOne {
    private WriteOne() {}

    public static void main(String[] arguments) throws IOException {
      WriteOptions options =
          WriteOptions.standard()
              .withReplace(Files.exists(Path.of(arguments[1])))
              .withDurability(Durability.valueOf(arguments[0]));
      try (DataFileWriter writer = DataFileWriter.create(Path.of(arguments[1]), options)) {
        DataFileTest.section(writer, "one", Bytes.random(5000, 1), 64, false);
        DataFileTest.section(writer, "two", Bytes.random(70_000, 2), 64, true);
        writer.publish();
      }
    }
  }
}
