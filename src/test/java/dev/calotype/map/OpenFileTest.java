package dev.calotype.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.FileChangedException;
import dev.calotype.os.NativeAccess;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryStream;
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
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@EitherWay
@ParameterizedClass
@EnumSource
class OpenFileTest {
  /** The ways to open one. */
  enum Way {
    OPEN {
      @Override
      OpenFile open(Path path) throws IOException {
        return OpenFile.open(path);
      }
    },
    QUICKLY {
      @Override
      OpenFile open(Path path) throws IOException {
        return OpenFile.openQuickly(path);
      }
    };

    abstract OpenFile open(Path path) throws IOException;
  }

  @Parameter Way way = Way.OPEN;

  @TempDir Path folder;

  @Test
  void positionalReadsEndWhereTheFileEnds() throws IOException {
    Path path = file(10_000);
    byte[] all = Files.readAllBytes(path);
    try (OpenFile file = way.open(path)) {
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
      try (OpenFile file = way.open(path)) {
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
    assertThatThrownBy(() -> way.open(folder))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("Is a directory");
    assertThatThrownBy(() -> way.open(folder.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    Path pipe = folder.resolve("pipe");
    Run.of(Tools.require("mkfifo"), pipe.toString()).succeeded();
    assertThatThrownBy(() -> way.open(pipe)).hasMessageContaining("Not a regular file");
  }

  @Test
  void aFileThatIsReplacedUnderItsNameIsStillTheOldOne() throws IOException {
    Path path = file(1_000);
    byte[] old = Files.readAllBytes(path);
    try (OpenFile file = way.open(path)) {
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
    try (OpenFile file = way.open(path)) {
      Files.setLastModifiedTime(path, FileTime.fromMillis(1));
      assertThatThrownBy(file::requireUnchanged).isInstanceOf(FileChangedException.class);
    }
    try (OpenFile file = way.open(path)) {
      Files.write(path, new byte[1], StandardOpenOption.APPEND);
      assertThatThrownBy(file::requireUnchanged).isInstanceOf(FileChangedException.class);
      file.requireWhole();
    }
    try (OpenFile file = way.open(path)) {
      Files.write(path, new byte[10]);
      assertThatThrownBy(file::requireWhole).isInstanceOf(FileChangedException.class);
      assertThatThrownBy(() -> file.whileWhole(() -> "an answer"))
          .isInstanceOf(FileChangedException.class)
          .hasMessageContaining("shrank from 1001 to 10 bytes");
    }
  }

  @Test
  void namesThatAreNoTextAreOpened() throws IOException {
    for (String name :
        List.of("grün", "\u65e5\u672c", "\ud83d\ude00", "a".repeat(200), "50%41 ?#")) {
      Path path = Files.write(folder.resolve(name), new byte[] {7});
      try (OpenFile file = way.open(path)) {
        byte[] read = new byte[1];
        file.readFully(0, read, 0, 1);
        assertThat(read[0]).isEqualTo((byte) 7);
      }
    }
    // Bytes that are not UTF-8, which only a program that takes bytes can make a name of.
    Run.of("sh", "-c", "printf x > \"$1\"/$(printf 'a\\377b')", "sh", folder.toString())
        .succeeded();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "a?b")) {
      for (Path path : files) {
        try (OpenFile file = way.open(path)) {
          assertThat(file.size()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void aClosedFileIsNotRead() throws IOException {
    OpenFile file = way.open(file(100));
    file.close();
    file.close();
    byte[] read = new byte[1];
    assertThatThrownBy(() -> file.readFully(0, read, 0, 1))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(file::requireWhole).isInstanceOf(ClosedChannelException.class);
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> file.map(arena)).isInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void nativeCallsAreMadeWhereTheyMayBe() {
    assertThat(NativeAccess.isEnabled()).isEqualTo(NativeWay.isTaken());
    assertThat(NativeAccess.pays()).isEqualTo(NativeWay.isTaken());
  }

  private Path file(int size) {
    Path path = folder.resolve("file");
    Bytes.write(path, Bytes.random(size, size));
    return path;
  }
}
