package dev.calotype.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.os.Descriptor;
import dev.calotype.testing.NativeOnly;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors for the system's own calls, of files that the JDK or the system opened. */
@NativeOnly
class NewDescriptorTest {
  @TempDir Path folder;

  @Test
  void aDescriptorIsOfTheFileThatWasOpenedAndOutlivesIt() throws IOException {
    for (Way way : WAYS) {
      Path path = Files.write(folder.resolve("file"), new byte[] {1});
      int number;
      try (OpenFile file = way.open(path)) {
        Path other = Files.write(folder.resolve("other"), new byte[] {2});
        Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
        number = file.newDescriptor();
      }
      try (Descriptor descriptor = Descriptor.of(number)) {
        byte[] read = new byte[1];
        descriptor.read(0, read, 0, 1);
        assertThat(read).containsExactly(1);
      }
      assertThat(Path.of("/proc/self/fd/" + number)).doesNotExist();
    }
  }

  @Test
  void aClosedFileHasNone() throws IOException {
    Path path = Files.write(folder.resolve("file"), new byte[1]);
    for (Way way : WAYS) {
      OpenFile file = way.open(path);
      file.close();
      assertThatThrownBy(file::newDescriptor).isInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void filesAreTheSameByWhatTheyAreAndNotByTheirNames() throws IOException {
    Path path = Files.write(folder.resolve("file"), new byte[1]);
    Path link = Files.createLink(folder.resolve("link"), path);
    Path other = Files.write(folder.resolve("other"), new byte[1]);
    for (Way way : WAYS) {
      for (Way second : WAYS) {
        try (OpenFile file = way.open(path);
            OpenFile linked = second.open(link);
            OpenFile different = second.open(other)) {
          assertThat(file.isSame(linked)).isTrue();
          assertThat(file.isSame(different)).isFalse();
        }
      }
    }
  }

  private interface Way {
    OpenFile open(Path path) throws IOException;
  }

  private static final List<Way> WAYS =
      List.of(
          OpenFile::open, OpenFile::openToRead, OpenFile::openNoLink, OpenFile::openNoLinkToMap);
}
