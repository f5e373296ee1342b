package dev.calotype.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.FileChangedException;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.BootRecord;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers and readers in JVMs of their own: small, killed, out of disk, under a shrinking file. */
class StreamProcessTest {
  /** One kind of call a line, since strace counts each call's invocations apart. */
  private static final List<String> CALLS =
      List.of("pwrite64", "fsync", "link,linkat", "rename,renameat,renameat2", "unlink,unlinkat");

  private static final int KILLED = 128 + 9;
  private static final int DEFINITIONS = 2_000;

  @TempDir Path folder;

  @Test
  void aQuarterOfAGibibyteIsWrittenAndReadInAHeapOf16Mebibytes() {
    String bytes = Long.toString((long) Tools.count(256, 1024) << 20);
    Path file = folder.resolve("large");
    Run run = Run.java(List.of("-Xmx16m"), WriteMuch.class, file.toString(), bytes).succeeded();
    assertThat(run.out()).isEqualTo("read all\n");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFullDiskIsAnErrorOnceAtWhateverWriteItHappensAndLeavesNothing() throws IOException {
    int failures = 0;
    boolean failed = true;
    for (int call = 1; failed; call++) {
      Path work = Files.createDirectory(folder.resolve("full-" + call));
      // From one write on, as a disk that is full stays full.
      Run run = write(work, "pwrite64:error=ENOSPC:when=" + call + "+").succeeded();
      failed = !run.out().equals("published\n");
      if (failed) {
        failures++;
        assertThat(run.out()).isEqualTo("failed: No space left on device\n");
        assertThat(work).isEmptyDirectory();
      }
    }
    // Buffers and patches: the sample has several of the ones and one of the others.
    assertThat(failures).isGreaterThan(3);
  }

  @Test
  void aFullDiskAtSyncingOrNamingIsAnErrorAndLeavesNothing() throws IOException {
    for (String call : List.of("fsync", "link,linkat,rename,renameat,renameat2")) {
      Path work = Files.createDirectory(folder.resolve(call));
      Run run = write(work, call + ":error=ENOSPC").succeeded();
      assertThat(run.out()).isEqualTo("failed: No space left on device\n");
      assertThat(work).isEmptyDirectory();
    }
  }

  @Test
  void aWriterKilledAtAnyCallLeavesNoFileOrAWholeOne() throws IOException {
    int absent = 0;
    int whole = 0;
    for (String call : CALLS) {
      boolean finished = false;
      for (int count = 1; !finished; count++) {
        Path work = Files.createDirectory(folder.resolve("killed-" + call + count));
        Run run = write(work, call + ":signal=KILL:when=" + count);
        assertThat(run.exit()).as(run.err()).isIn(0, KILLED);
        finished = run.exit() == 0;
        Path file = work.resolve("file");
        if (Files.exists(file)) {
          readAll(file);
          whole += finished ? 0 : 1;
        } else {
          assertThat(finished).isFalse();
          absent++;
        }
        assertThat(Bytes.names(work))
            .allMatch(name -> name.equals("file") || name.matches("\\.file\\..*\\.part"));
      }
    }
    // Killed while writing, patching and syncing; and after the name was given.
    assertThat(absent).isGreaterThan(5);
    assertThat(whole).isGreaterThan(1);
  }

  @Test
  void aProgramThatForgetsToCloseLeavesNothing() throws IOException {
    Path work = Files.createDirectory(folder.resolve("work"));
    Run run = Run.java(List.of(), Forget.class, work.resolve("file").toString()).succeeded();
    assertThat(run.out()).isEqualTo("1 file\n");
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void aHotReadOfAShrinkingStreamEndsInAnExceptionAndNeverInAnAnswer() {
    Run run = Run.java(List.of(), ShrinkWhileReading.class, folder.toString()).succeeded();
    assertThat(run.out()).isEqualTo("noticed 20 of 20\n");
  }

  private static void readAll(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined();
        OpenFile open = OpenFile.open(file)) {
      MetadataReader in = MetadataReader.of(open.map(arena), "file");
      assertThat(Sample.read(in, DEFINITIONS, 1)).isEqualTo(DEFINITIONS);
    }
  }

  private Run write(Path work, String inject) {
    List<String> command =
        new ArrayList<>(List.of(Tools.require("strace"), "-f", "-qq", "-o", "/dev/null"));
    command.addAll(List.of("-e", "inject=" + inject));
    command.addAll(
        Run.javaCommand(
            List.of(
                "-XX:-UsePerfData", // Its file would be among the calls.
                "-D" + BootRecord.FOLDER_PROPERTY + "=" + folder.resolve("boot")),
            WriteOne.class,
            work.resolve("file").toString()));
    return Run.of(Map.of(), command);
  }

  /** Writes a stream of several buffers and publishes it. */
  static final class WriteOne {
    private WriteOne() {}

    public static void main(String[] arguments) throws IOException {
      try (Arena arena = Arena.ofConfined();
          MetadataWriter out = MetadataWriter.create(Path.of(arguments[0]), false)) {
        Sample.write(out, DEFINITIONS, 1);
        try (Metadata metadata = out.finish(arena)) {
          metadata.publish(Durability.DURABLE);
          System.out.println("published");
        }
      } catch (FileSystemException e) {
        System.out.println("failed: " + e.getReason());
      } catch (IOException e) {
        System.out.println("failed: " + e.getMessage());
      }
    }
  }

  /** Writes a stream of a given size, many buffers and tables, and reads all of it. */
  static final class WriteMuch {
    private WriteMuch() {}

    public static void main(String[] arguments) throws IOException {
      long size = Long.parseLong(arguments[1]);
      // A definition has some 127 bytes on average.
      int definitions = (int) (size / 120);
      try (Arena arena = Arena.ofConfined();
          MetadataWriter out = MetadataWriter.create(Path.of(arguments[0]), false)) {
        Sample.write(out, definitions, 1);
        if (out.position() < size) {
          throw new AssertionError("only %d bytes".formatted(out.position()));
        }
        try (Metadata metadata = out.finish(arena)) {
          int read = Sample.read(metadata.reader(), definitions, 1);
          System.out.println(read == definitions ? "read all" : "read " + read);
        }
      }
    }
  }

  /** Leaves a finished stream and an unfinished one behind; the second by an exception. */
  static final class Forget {
    private Forget() {}

    @SuppressWarnings("resource")
    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      MetadataWriter out = MetadataWriter.create(file, false);
      out.fixed64(1);
      Metadata metadata = out.finish(Arena.global());
      if (!Files.exists(metadata.path())) {
        throw new AssertionError("gone too early");
      }
      System.out.println(Bytes.names(file.resolveSibling("")).size() + " file");
    }
  }

  /** Shrinks a stream under a reader that C2 has compiled. Its own JVM: it might be killed. */
  static final class ShrinkWhileReading {
    private static final int NUMBERS = 200_000;

    private ShrinkWhileReading() {}

    public static void main(String[] arguments) throws IOException {
      Path path = Path.of(arguments[0]).resolve("shrinking");
      int noticed = 0;
      for (int round = 0; round < 20; round++) {
        write(path);
        try (Arena arena = Arena.ofConfined();
            OpenFile file = OpenFile.open(path)) {
          MemorySegment bytes = file.map(arena);
          long sum = sum(bytes);
          for (int i = 0; i < 20; i++) {
            if (file.whileWhole(() -> sum(bytes)) != sum) {
              throw new AssertionError("another sum of the same bytes");
            }
          }
          try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(8192);
          }
          try {
            long wrong = file.whileWhole(() -> sum(bytes));
            throw new AssertionError("an answer: " + wrong);
          } catch (FileChangedException e) {
            noticed++;
          }
        }
      }
      System.out.println("noticed %d of 20".formatted(noticed));
    }

    private static void write(Path path) throws IOException {
      try (Arena arena = Arena.ofConfined();
          MetadataWriter out = MetadataWriter.create(path, true)) {
        for (int i = 0; i < NUMBERS; i++) {
          out.unsigned32(i).signed64(-i);
        }
        try (Metadata metadata = out.finish(arena)) {
          Files.deleteIfExists(path);
          Files.copy(metadata.path(), path);
        }
      }
    }

    private static long sum(MemorySegment bytes) {
      MetadataReader in = MetadataReader.of(bytes, "shrinking");
      long sum = 0;
      for (int i = 0; i < NUMBERS; i++) {
        sum += in.unsigned32() * 31L + in.signed64();
      }
      return sum;
    }
  }
}
