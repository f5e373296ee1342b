package dev.calotype.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.NativeOnly;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
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
      assertThat(MemoryMaps.filesAt(first, again, second, nameless))
          .isEqualTo(MemoryMaps.read(first, again, second, nameless))
          .satisfies(files -> {
            assertThat(files.get(0)).isEqualTo(files.get(1)).isNotEqualTo(files.get(2));
            assertThat(files.get(0)).endsWith(" " + Files.getAttribute(one, "unix:ino"));
            assertThat(files.get(3)).isEqualTo("00:00 0");
          });
    }
  }

  @Test
  void nothingIsMappedAtAddressZero() throws IOException {
    assertThat(MemoryMaps.filesAt(0)).containsExactly("");
  }

  private static long address(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, 10, arena).address();
    }
  }
}
