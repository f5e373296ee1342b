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
  private static final String NAMING = "link,linkat,rename,renameat,renameat2";
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
    long[] written = {0};
    assertThatThrownBy(() ->
            Wrap.carried(ObjectTarget.X86_64_WINDOWS)
                .write(
                    Payload.of(new Zeros(Long.MAX_VALUE), "endless"),
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
    assertThatThrownBy(() -> wrap(Payload.of(new Zeros(300_000), "stream")))
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
    Path object = work.resolve("object");
    int writes = 1;
    while (!traced("pwrite64:error=ENOSPC:when=" + writes, durability, payload, object).isEmpty()) {
      assertThat(work).as("after write %d", writes).isEmptyDirectory();
      writes++;
    }
    // The head, three buffers, the tail, the head again; then all went well.
    assertThat(writes - 1).isEqualTo(6);
    assertThat(Bytes.names(work)).containsExactly("object");
    Files.delete(object);
    List<String> last = new ArrayList<>(List.of(NAMING + ":error=ENOSPC"));
    if (durability == Durability.DURABLE) {
      last.add("fsync:error=ENOSPC:when=1");
    }
    for (String fault : last) {
      assertThat(traced(fault, durability, payload, object)).as(fault).isNotEmpty();
      assertThat(work).as(fault).isEmptyDirectory();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriterKilledAtAnyCallLeavesTheOldObjectOrTheNewOne(Durability durability)
      throws IOException {
    Path payload = payload(600_000);
    Path object = folder.resolve("object");
    WRAP.write(
        Payload.of(new ByteArrayInputStream(new byte[100]), "old"),
        object,
        OutputOptions.standard());
    byte[] before = Bytes.read(object);
    Path whole = folder.resolve("whole");
    WRAP.write(Payload.of(payload), whole, OutputOptions.standard());
    byte[] after = Bytes.read(whole);
    int kills = 0;
    // A fault counts each system call on its own.
    for (String call : List.of("pwrite64", "fsync", NAMING, "unlink,unlinkat")) {
      Bytes.write(object, before);
      boolean finished = false;
      for (int when = 1; !finished; when++) {
        String fault = "%s:signal=KILL:when=%d".formatted(call, when);
        String said = traced(fault, durability, payload, object);
        finished = said.isEmpty();
        byte[] now = Bytes.read(object);
        assertThat(now).as(fault).isIn(before, after);
        assertThat(!finished || now.length == after.length).as(fault).isTrue();
        kills += finished ? 0 : 1;
      }
    }
    // Six writes and a name at least; a durable one syncs its file and its folder too.
    assertThat(kills).isGreaterThanOrEqualTo(durability == Durability.DURABLE ? 9 : 7);
  }

  /**
   * Wraps in a JVM of its own that meets a fault.
   *
   * @return what it said of that, or {@code killed}; nothing if all went well
   */
  private String traced(String fault, Durability durability, Path payload, Path object) {
    List<String> command =
        new ArrayList<>(List.of(Tools.require("strace"), "-f", "-qq", "-o", "/dev/null"));
    command.addAll(List.of("-e", "inject=" + fault));
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
    Run run = Run.of(Map.of(), command);
    if (run.exit() == KILLED) {
      return "killed";
    }
    assertThat(run.succeeded().out())
        .satisfiesAnyOf(
            out -> assertThat(out).isEmpty(),
            out -> assertThat(out).startsWith("failed: ").contains("No space left on device"));
    return run.out();
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

  /** Gives zeros, and fails after some. */
  private static final class Zeros extends InputStream {
    private final long end;
    private long position;

    Zeros(long end) {
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      return read(new byte[1], 0, 1) - 1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (position >= end) {
        throw new IOException("cut off");
      }
      position += length;
      return length;
    }
  }
}
