package dev.calotype.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.FileChangedException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFileTest {
  @TempDir Path folder;

  @Test
  void positionalReadsEndWhereTheFileEnds() throws IOException {
    Path path = file(10_000);
    byte[] all = Files.readAllBytes(path);
    try (OpenFile file = OpenFile.open(path)) {
      byte[] buffer = new byte[100];
      assertThat(file.readAvailable(9_950, buffer, 10, 90)).isEqualTo(50);
      assertThat(buffer[10]).isEqualTo(all[9_950]);
      assertThat(buffer[59]).isEqualTo(all[9_999]);
      assertThat(file.readAvailable(10_000, buffer, 0, 1)).isZero();
      assertThatThrownBy(() -> file.readFully(9_950, buffer, 0, 51))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void aMappingLivesAsLongAsItsArenaAndNoLonger() throws IOException {
    Path path = file(10_000);
    MemorySegment bytes;
    try (Arena arena = Arena.ofConfined()) {
      try (OpenFile file = OpenFile.open(path)) {
        bytes = file.map(arena);
        assertThatThrownBy(() -> file.map(9_000, 1_001, arena)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> file.map(-1, 1, arena)).isInstanceOf(EOFException.class);
      }
      assertThat(bytes.byteSize()).isEqualTo(10_000);
      assertThat(bytes.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(Files.readAllBytes(path));
    }
    MemorySegment gone = bytes;
    assertThatThrownBy(() -> gone.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void foldersPipesAndNothingAreNotOpened() {
    assertThatThrownBy(() -> OpenFile.open(folder))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("Is a directory");
    assertThatThrownBy(() -> OpenFile.open(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    Path pipe = folder.resolve("pipe");
    Run.of(Tools.require("mkfifo"), pipe.toString()).succeeded();
    assertThatThrownBy(() -> OpenFile.open(pipe)).hasMessageContaining("Not a regular file");
  }

  @Test
  void aFileThatIsReplacedUnderItsNameIsStillTheOldOne() throws IOException {
    Path path = file(1_000);
    byte[] old = Files.readAllBytes(path);
    try (OpenFile file = OpenFile.open(path)) {
      Path other = folder.resolve("other");
      Files.write(other, new byte[5]);
      Files.move(other, path, StandardCopyOption.ATOMIC_MOVE);
      byte[] read = new byte[1_000];
      file.readFully(0, read, 0, 1_000);
      assertThat(read).isEqualTo(old);
      file.requireUnchanged();
    }
  }

  @Test
  void shrinkingGrowingAndWritingAreNoticed() throws IOException {
    Path path = file(1_000);
    try (OpenFile file = OpenFile.open(path)) {
      Files.setLastModifiedTime(path, FileTime.fromMillis(1));
      assertThatThrownBy(file::requireUnchanged).isInstanceOf(FileChangedException.class);
    }
    try (OpenFile file = OpenFile.open(path)) {
      Files.write(path, new byte[1], StandardOpenOption.APPEND);
      assertThatThrownBy(file::requireUnchanged).isInstanceOf(FileChangedException.class);
      file.requireWhole();
    }
    try (OpenFile file = OpenFile.open(path)) {
      Files.write(path, new byte[10]);
      assertThatThrownBy(file::requireWhole).isInstanceOf(FileChangedException.class);
      assertThatThrownBy(() -> file.whileWhole(() -> "an answer"))
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining("shrank from 1001 to 10 bytes");
    }
  }

  @Test
  void aHotReadOfAShrinkingMappingEndsInAnExceptionAndNeverInAnAnswer() {
    Run run = Run.java(List.of(), ShrinkWhileReading.class, folder.toString()).succeeded();
    assertThat(run.out()).isEqualTo("noticed 20 of 20\n");
  }

  /** Shrinks a file under code that C2 has compiled. Its own JVM: a wrong step would kill it. */
  static final class ShrinkWhileReading {
    private static final long SIZE = 1 << 20;

    private ShrinkWhileReading() {}

    public static void main(String[] arguments) throws IOException {
      Path path = Path.of(arguments[0]).resolve("shrinking");
      int noticed = 0;
      for (int round = 0; round < 20; round++) {
        Files.write(path, Bytes.random((int) SIZE, round));
        try (Arena arena = Arena.ofConfined();
            OpenFile file = OpenFile.open(path)) {
          MemorySegment bytes = file.map(arena);
          long sum = sum(bytes);
          for (int i = 0; i < 40; i++) {
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

    private static long sum(MemorySegment bytes) {
      long sum = 0;
      for (long at = 0; at < bytes.byteSize(); at += 8) {
        sum += bytes.get(ValueLayout.JAVA_LONG, at);
      }
      return sum;
    }
  }

  private Path file(int size) {
    Path path = folder.resolve("file");
    Bytes.write(path, Bytes.random(size, size));
    return path;
  }
}
