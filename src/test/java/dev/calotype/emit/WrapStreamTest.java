package dev.calotype.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.calotype.Durability;
import dev.calotype.FileChangedException;
import dev.calotype.RefusedException;
import dev.calotype.map.OpenFile;
import dev.calotype.publish.BootRecord;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Payloads that are large, that change, and writers that fail or die. */
class WrapStreamTest {
  private static final Wrap WRAP = Wrap.kept(ObjectTarget.X86_64_LINUX, "payload");
  private static final String CALLS =
      "pwrite64,fsync,link,linkat,rename,renameat,renameat2,unlink,unlinkat";
  private static final int KILLED = 128 + 9;

  @TempDir Path folder;

  @Test
  void hundredsOfMegabytesAreWrappedAndUnwrappedInAHeapOfSixteen() throws IOException {
    long size = Tools.soak() ? 3L << 30 : 300L << 20;
    Path payload = folder.resolve("payload");
    try (var channel =
        Files.newByteChannel(payload, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at : new long[] {0, size / 2, size - 1000}) {
        channel.position(at);
        channel.write(ByteBuffer.wrap(Bytes.random(1000, at)));
      }
    }
    for (String target : new String[] {"X86_64_LINUX", "X86_64_WINDOWS", "AARCH64_MACOS"}) {
      Path object = folder.resolve("object");
      Path again = folder.resolve("again");
      Run.java(
              List.of("-Xmx16m"),
              WrapOne.class,
              target,
              payload.toString(),
              object.toString(),
              again.toString())
          .succeeded();
      assertThat(Files.mismatch(payload, again)).isEqualTo(-1);
      assertThat(Described.of(object, ObjectTarget.valueOf(target).target().format())).isNotEmpty();
      Files.delete(object);
      Files.delete(again);
    }
  }

  /** Wraps a file, in a JVM of its own, and unwraps it if told where to. */
  static final class WrapOne {
    private WrapOne() {}

    public static void main(String[] arguments) throws IOException {
      ObjectTarget target = ObjectTarget.valueOf(arguments[0]);
      Path object = Path.of(arguments[2]);
      OutputOptions options =
          OutputOptions.standard()
              .withReplace(Files.exists(object))
              .withDurability(Durability.valueOf(System.getProperty("durability", "FAST")));
      try {
        Wrap.kept(target, "payload").write(Payload.of(Path.of(arguments[1])), object, options);
        if (arguments.length > 3) {
          Unwrap.standard().write(object, Path.of(arguments[3]), options);
        }
      } catch (IOException e) {
        System.out.println("failed: " + e.getMessage());
      }
    }
  }

  @Test
  void aStreamOfUnknownSizeIsRefusedAtTheByteThatGoesOver() throws IOException {
    assumeTrue(Tools.soak(), "not run: it writes 4 GiB");
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int readNBytes(byte[] bytes, int offset, int length) {
            return length;
          }
        };
    long[] written = {0};
    assertThatThrownBy(() ->
            Wrap.carried(ObjectTarget.X86_64_WINDOWS)
                .write(
                    Payload.of(endless, "endless"),
                    folder.resolve("object"),
                    OutputOptions.standard(),
                    length -> written[0] += length))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("more than the 4294967213 bytes that COFF can hold");
    assertThat(written[0]).isBetween(0xfff0_0000L, 0xffff_ffffL);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aStreamThatBreaksItsPromiseLeavesNothing() {
    byte[] bytes = new byte[1000];
    assertThatThrownBy(() -> wrap(Payload.of(new ByteArrayInputStream(bytes), 1001, "stream")))
        .isInstanceOf(EOFException.class)
        .hasMessage("stream ends after 1000 of the 1001 bytes announced");
    assertThatThrownBy(() -> wrap(Payload.of(new ByteArrayInputStream(bytes), 999, "stream")))
        .isInstanceOf(IOException.class)
        .hasMessage("stream has more than the 999 bytes announced");
    assertThatThrownBy(() -> wrap(Payload.of(new Broken(), "stream")))
        .isInstanceOf(IOException.class)
        .hasMessage("cut off");
    assertThatThrownBy(() -> Payload.of(new ByteArrayInputStream(bytes), -1, "stream"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 300_000, 999_999, 1_000_001, 2_000_000})
  void aFileThatShrinksOrGrowsWhileItIsReadLeavesNothing(int size) {
    Path payload = payload(1_000_000);
    assertThatThrownBy(() -> wrap(Payload.of(payload), () -> resize(payload, size)))
        .isInstanceOf(FileChangedException.class)
        .hasMessageStartingWith(payload + ": ");
    assertThat(Bytes.names(folder)).containsExactly("payload");
  }

  @Test
  void aFileThatIsWrittenToWhileItIsReadLeavesNothing() {
    Path payload = payload(1_000_000);
    assertThatThrownBy(() -> wrap(Payload.of(payload), () -> touch(payload)))
        .isInstanceOf(FileChangedException.class)
        .hasMessageContaining("was written to");
    assertThat(Bytes.names(folder)).containsExactly("payload");
  }

  @Test
  void aMappingThatShrinksWhileItIsReadLeavesNothing() throws IOException {
    Path payload = payload(4_000_000);
    try (Arena arena = Arena.ofConfined();
        OpenFile file = OpenFile.open(payload)) {
      Payload mapped = Payload.of(file.map(arena), payload.toString());
      assertThatThrownBy(() -> wrap(mapped, () -> resize(payload, 8192)))
          .isInstanceOf(FileChangedException.class)
          .hasMessageStartingWith(payload + ": ");
    }
    assertThat(Bytes.names(folder)).containsExactly("payload");
  }

  @Test
  void aPayloadThatIsMissingOrNoFileLeavesNothing() {
    assertThatThrownBy(() -> wrap(Payload.of(folder.resolve("missing"))))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> wrap(Payload.of(folder))).isInstanceOf(IOException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @EnumSource
  void aFullDiskIsAnErrorAndLeavesNothing(Durability durability) throws IOException {
    Path payload = payload(600_000);
    Path work = Files.createDirectory(folder.resolve("work"));
    int failures = 0;
    boolean finished = false;
    while (!finished) {
      Path object = work.resolve("object");
      Run run = traced("error=ENOSPC:when=" + (failures + 1), durability, payload, object);
      finished = run.succeeded().out().isEmpty();
      if (finished) {
        assertThat(Bytes.names(work)).containsExactly("object");
      } else {
        failures++;
        assertThat(run.out()).startsWith("failed: ").contains("No space left on device");
        assertThat(object).doesNotExist();
        assertThat(work).isEmptyDirectory();
      }
    }
    // The head, three buffers, the tail, the head again, and the sync. A name that can't be linked
    // is renamed instead.
    assertThat(failures).isGreaterThanOrEqualTo(durability == Durability.DURABLE ? 7 : 6);
  }

  @ParameterizedTest
  @EnumSource
  void aKilledWriterLeavesTheOldObjectOrTheNewOne(Durability durability) throws IOException {
    Path payload = payload(600_000);
    Path object = folder.resolve("object");
    Path old = Files.write(folder.resolve("old"), new byte[100]);
    WRAP.write(Payload.of(old), object, OutputOptions.standard());
    byte[] before = Bytes.read(object);
    Path whole = folder.resolve("whole");
    WRAP.write(Payload.of(payload), whole, OutputOptions.standard());
    byte[] after = Bytes.read(whole);
    boolean finished = false;
    int kills = 0;
    while (!finished) {
      kills++;
      Run run = traced("signal=KILL:when=" + kills, durability, payload, object);
      assertThat(run.exit()).as(run.err()).isIn(0, KILLED);
      finished = run.exit() == 0;
      byte[] now = Bytes.read(object);
      assertThat(now).as("killed at call %d", kills).isIn(before, after);
      assertThat(!finished || now.length == after.length).isTrue();
    }
    assertThat(kills).isGreaterThan(durability == Durability.DURABLE ? 8 : 6);
    assertThat(Readobj.of(object, "--sections").all("Section")).hasSize(7);
  }

  private Run traced(String fault, Durability durability, Path payload, Path object) {
    List<String> command =
        new ArrayList<>(List.of(Tools.require("strace"), "-f", "-qq", "-o", "/dev/null"));
    // Removing is what is left to do after an error, so that call does not fail.
    String calls = fault.startsWith("error") ? CALLS.replace(",unlink,unlinkat", "") : CALLS;
    command.addAll(List.of("-e", "inject=" + calls + ":" + fault));
    command.addAll(
        Run.javaCommand(
            List.of(
                "-XX:-UsePerfData", // Its file would be among the calls.
                "-Ddurability=" + durability,
                "-D" + BootRecord.FOLDER_PROPERTY + "=" + folder.resolve("boot")),
            WrapOne.class,
            "X86_64_LINUX",
            payload.toString(),
            object.toString()));
    return Run.of(Map.of(), command);
  }

  private void wrap(Payload payload) throws IOException {
    WRAP.write(payload, folder.resolve("object"), OutputOptions.standard());
  }

  /** Wraps, and does something to the payload when its first bytes were read. */
  private void wrap(Payload payload, Runnable meanwhile) throws IOException {
    boolean[] done = {false};
    WRAP.write(
        payload,
        folder.resolve("object"),
        OutputOptions.standard(),
        _ -> {
          if (!done[0]) {
            done[0] = true;
            meanwhile.run();
          }
        });
  }

  private Path payload(int size) {
    Path payload = folder.resolve("payload");
    Bytes.write(payload, Bytes.random(size, size));
    return payload;
  }

  private static void resize(Path file, long size) {
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.truncate(size);
      if (size > channel.size()) {
        channel.position(size - 1);
        channel.write(ByteBuffer.wrap(new byte[1]));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void touch(Path file) {
    try {
      Files.write(file, new byte[10], StandardOpenOption.WRITE);
      Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Fails in the middle. */
  private static final class Broken extends InputStream {
    private int position;

    @Override
    public int read() throws IOException {
      if (position++ == 300_000) {
        throw new IOException("cut off");
      }
      return 0;
    }
  }
}
