package dev.calotype.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.testing.NativeOnly;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NativeOnly
class OfdLockTest {
  private static final List<String> NATIVE = List.of("--enable-native-access=ALL-UNNAMED");

  @TempDir Path folder;

  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = folder.resolve("lock");
  }

  @Test
  void twoLocksOfAProcessExcludeEachOtherWhereTheyMeet() throws IOException {
    OfdLock first = OfdLock.tryLock(file, 10, 10).orElseThrow();
    assertThat(OfdLock.tryLock(file, 0, 11)).isEmpty();
    assertThat(OfdLock.tryLock(file, 19, Long.MAX_VALUE - 19)).isEmpty();
    OfdLock before = OfdLock.tryLock(file, 0, 10).orElseThrow();
    OfdLock behind = OfdLock.tryLock(file, 20, 1).orElseThrow();
    before.close();
    before.close();
    assertThat(OfdLock.tryLock(file, 10, 1)).isEmpty();
    first.close();
    OfdLock.tryLock(file, 9, 11).orElseThrow().close();
    assertThat(OfdLock.tryLock(file, 20, 1)).isEmpty();
    behind.close();
    assertThat(file).isEmptyFile();
  }

  /** What the JDK's own lock does not. */
  @Test
  void aLockSurvivesThatItsProcessClosesTheFileElsewhere() throws IOException {
    try (FileChannel channel = createdAndOpened();
        FileLock lock = Objects.requireNonNull(channel.tryLock(0, 1, false))) {
      assertThat(childGets(0)).isFalse();
      Files.readAllBytes(file); // Opens it and closes it.
      assertThat(lock.isValid()).isTrue();
      assertThat(childGets(0)).isTrue();
    }
    try (OfdLock _ = OfdLock.tryLock(file, 0, 1).orElseThrow()) {
      Files.readAllBytes(file);
      FileChannel.open(file, StandardOpenOption.WRITE).close();
      assertThat(childGets(0)).isFalse();
      assertThat(childGets(1)).isTrue();
    }
    assertThat(childGets(0)).isTrue();
  }

  @Test
  void aKilledProcessHoldsNothing() throws Exception {
    Process holder =
        new ProcessBuilder(Run.javaCommand(NATIVE, Holder.class, file.toString(), "0"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = holder.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("true");
      assertThat(OfdLock.tryLock(file, 0, 1)).isEmpty();
    } finally {
      holder.destroyForcibly().waitFor();
    }
    OfdLock.tryLock(file, 0, 1).orElseThrow().close();
  }

  /** A forked child shares the open file, so only closing it there keeps this true. */
  @Test
  void aChildThatOutlivesTheLockDoesNotHoldIt() throws Exception {
    Process child;
    try (OfdLock _ = OfdLock.tryLock(file, 0, 1).orElseThrow()) {
      child = new ProcessBuilder(Tools.require("cat")).start();
    }
    try {
      OfdLock.tryLock(file, 0, 1).orElseThrow().close();
      assertThat(child.isAlive()).isTrue();
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  @Test
  void theFileIsMadeForItsOwnerAloneAndAnExistingOneIsKept() throws IOException {
    OfdLock.tryLock(file, 5, 1).orElseThrow().close();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    Files.write(file, new byte[] {1, 2, 3});
    OfdLock.tryLock(file, 5, 1).orElseThrow().close();
    assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
  }

  @Test
  void whatIsNoRegularFileIsRefusedAndLinksAreNotFollowed() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("target"));
    Path pipe = folder.resolve("pipe");
    Run.of(Tools.require("mkfifo"), pipe.toString()).succeeded();
    Path missing = folder.resolve("none").resolve("lock");
    for (Path none : List.of(link, pipe, folder, missing, Path.of("/dev/null"))) {
      assertThatThrownBy(() -> OfdLock.tryLock(none, 0, 1))
          .as(none.toString())
          .isInstanceOf(IOException.class)
          .hasMessageContaining(none.toString());
    }
    assertThat(folder.resolve("target")).doesNotExist();
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void rangesThatAreNoneAreRefusedBeforeAnythingIsMade() {
    for (long[] range : new long[][] {{-1, 1}, {0, 0}, {0, -1}, {1, Long.MAX_VALUE}}) {
      assertThatThrownBy(() -> OfdLock.tryLock(file, range[0], range[1]))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(file).doesNotExist();
  }

  private FileChannel createdAndOpened() throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Whether another process gets the byte at a position. */
  private boolean childGets(long position) {
    Run run = Run.java(NATIVE, Holder.class, file.toString(), Long.toString(position));
    return Boolean.parseBoolean(run.succeeded().out().strip());
  }

  /** Holds a byte of a file until its input ends, and says first whether it got it. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      Optional<OfdLock> lock = OfdLock.tryLock(Path.of(args[0]), Long.parseLong(args[1]), 1);
      System.out.println(lock.isPresent());
      System.in.read();
      lock.ifPresent(OfdLock::close);
    }
  }
}
