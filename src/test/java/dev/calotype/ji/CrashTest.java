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
  /** One by one, as strace counts each kind of call by itself. */
  private static final List<String> CALLS =
      List.of("pwrite64", "fsync", "link", "linkat", "rename", "renameat", "renameat2", "unlink");

  /** A full disk does not keep anybody from unlinking. */
  private static final List<String> FAILING =
      List.of("pwrite64", "fsync", "rename", "renameat", "renameat2");

  private static final int KILLED = 128 + 9;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void aKilledWriterLeavesTheOldFileOrTheNewOne(Durability durability) throws IOException {
    Path file = folder.resolve("a.ji");
    WriteOptions options = WriteOptions.standard().withReplace(true).withDurability(durability);
    DataId old = DataFileTest.write(file, options);
    int kills = 0;
    for (String call : CALLS) {
      boolean finished = false;
      for (int when = 1; !finished; when++) {
        Run run = writeKilledAt(call, when, durability, file);
        finished = run.exit() == 0;
        kills += finished ? 0 : 1;
        assertThat(run.exit()).as(run.err()).isIn(0, KILLED);
        try (Validity validity = DataFile.check(file, Expectations.none().withTier(Tier.FULL))) {
          assertThat(validity).as("%s %d", call, when).isInstanceOf(Validity.Fresh.class);
          boolean isNew = !((Validity.Fresh) validity).data().id().equals(old);
          assertThat(finished).isIn(isNew, false);
          if (isNew) {
            old = DataFileTest.write(file, options);
          }
        }
      }
    }
    // Writes of sections, tail and page, and the rename: at the very least; and two syncs.
    assertThat(kills).isGreaterThanOrEqualTo(durability == Durability.DURABLE ? 7 : 5);
  }

  @Test
  void aKilledWriterOfANewFileLeavesNoneOrAWholeOne() throws IOException {
    Path work = Files.createDirectory(folder.resolve("work"));
    boolean absent = false;
    long leftovers = 0;
    for (String call : CALLS) {
      boolean finished = false;
      for (int when = 1; !finished; when++) {
        Path file = work.resolve(call + when + ".ji");
        finished = writeKilledAt(call, when, Durability.DURABLE, file).exit() == 0;
        try (Validity validity = DataFile.check(file, Expectations.none().withTier(Tier.FULL))) {
          absent |= validity instanceof Validity.Absent;
          leftovers += Bytes.names(work).stream().filter(name -> name.endsWith(".part")).count();
          assertThat(validity)
              .as("%s %d", call, when)
              .isInstanceOfAny(Validity.Absent.class, Validity.Fresh.class);
          assertThat(!finished || validity instanceof Validity.Fresh).isTrue();
        }
      }
    }
    assertThat(absent).isTrue();
    assertThat(leftovers).isPositive();
    // What is left besides is under names that nobody reads.
    assertThat(Bytes.names(work))
        .allMatch(name -> name.endsWith(".ji") || (name.startsWith(".") && name.endsWith(".part")));
    // And the next publication takes it away.
    DataFileTest.write(work.resolve("next.ji"), WriteOptions.standard());
    assertThat(Bytes.names(work)).allMatch(name -> name.endsWith(".ji"));
  }

  @ParameterizedTest
  @EnumSource
  void aFullDiskAtAnyCallIsAnErrorAndLeavesNothingBehind(Durability durability) throws IOException {
    Path work = Files.createDirectory(folder.resolve("work"));
    Path file = work.resolve("a.ji");
    Path log = folder.resolve("log");
    WriteOptions options = WriteOptions.standard().withReplace(true).withDurability(durability);
    int errors = 0;
    for (String call : FAILING) {
      boolean injected = true;
      for (int when = 1; injected; when++) {
        DataId old = DataFileTest.write(file, options);
        Run run =
            writeInjected(
                call, "%s:error=ENOSPC:when=%d".formatted(call, when), log, durability, file);
        injected = Files.readString(log).contains("(INJECTED)");
        errors += run.exit() == 0 ? 0 : 1;
        assertThat(run.exit() == 0 || run.err().contains("No space left on device"))
            .as(run.err())
            .isTrue();
        assertThat(Bytes.names(work)).as("%s %d", call, when).containsExactly("a.ji");
        try (Validity validity = DataFile.check(file, Expectations.none().withTier(Tier.FULL))) {
          boolean isNew = !((Validity.Fresh) validity).data().id().equals(old);
          assertThat(run.exit() != 0 || isNew).as("%s %d", call, when).isTrue();
        }
      }
    }
    assertThat(errors).isGreaterThanOrEqualTo(durability == Durability.DURABLE ? 7 : 5);
  }

  private Run writeKilledAt(String call, int when, Durability durability, Path file) {
    String injection = "%s:signal=KILL:when=%d".formatted(call, when);
    return writeInjected(call, injection, Path.of("/dev/null"), durability, file);
  }

  private Run writeInjected(
      String call, String injection, Path log, Durability durability, Path file) {
    List<String> command =
        new ArrayList<>(List.of(Tools.require("strace"), "-f", "-qq", "-o", log.toString()));
    command.addAll(List.of("-e", "trace=" + call, "-e", "inject=" + injection));
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
