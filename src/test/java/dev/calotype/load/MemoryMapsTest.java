package dev.calotype.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.os.MappedFile;
import dev.calotype.testing.NativeOnly;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file is where. */
@NativeOnly
class MemoryMapsTest {
  @TempDir Path folder;

  @Test
  void askingTheKernelGivesWhatItsTextSays() throws IOException {
    Path one = Files.write(folder.resolve("one"), new byte[10]);
    Path two = Files.write(folder.resolve("two"), new byte[10]);
    try (Arena arena = Arena.ofConfined()) {
      long first = address(one, arena);
      long again = address(one, arena);
      long second = address(two, arena);
      long nameless = arena.allocate(1 << 22).address() + (1 << 21);
      for (long address : new long[] {first, again, second, nameless}) {
        assertThat(MemoryMaps.fileAt(address)).isEqualTo(MemoryMaps.read(address));
      }
      assertThat(MemoryMaps.fileAt(first))
          .isEqualTo(MemoryMaps.fileAt(again))
          .isNotEqualTo(MemoryMaps.fileAt(second))
          .extracting(MappedFile::inode)
          .isEqualTo(Files.getAttribute(one, "unix:ino"));
      assertThat(MemoryMaps.fileAt(nameless)).isEqualTo(MappedFile.NONE);
    }
  }

  @Test
  void aFileIsWrittenAsTheKernelWritesIt() throws IOException {
    Path file = Files.write(folder.resolve("one"), new byte[10]);
    try (Arena arena = Arena.ofConfined()) {
      String mapped = MemoryMaps.fileAt(address(file, arena)).toString();
      assertThat(Files.readString(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1))
          .contains(" " + mapped + " ");
    }
  }

  @Test
  void nothingIsMappedAtAddressZero() throws IOException {
    assertThat(MemoryMaps.fileAt(0)).isEqualTo(MappedFile.NONE);
  }

  private static long address(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, 10, arena).address();
    }
  }
}
