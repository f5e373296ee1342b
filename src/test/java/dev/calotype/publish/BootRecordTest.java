package dev.calotype.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootRecordTest {
  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void useOwnFolder() throws IOException {
    System.setProperty(BootRecord.FOLDER_PROPERTY, folder.resolve("boot").toString());
    file = Files.writeString(folder.resolve("file"), "content");
  }

  @AfterEach
  void forgetFolder() {
    System.clearProperty(BootRecord.FOLDER_PROPERTY);
  }

  @Test
  void aFileIsRememberedUntilItChanges() throws IOException {
    assertThat(BootRecord.isRemembered(file)).isFalse();
    BootRecord.remember(file);
    BootRecord.remember(file);
    assertThat(BootRecord.isRemembered(file)).isTrue();
    Files.setLastModifiedTime(file, FileTime.fromMillis(12345));
    assertThat(BootRecord.isRemembered(file)).isFalse();
    Files.writeString(folder.resolve("other"), "content");
    assertThat(BootRecord.isRemembered(folder.resolve("other"))).isFalse();
  }

  @Test
  void anotherBootRemembersNothingAndLeavesNothing() throws IOException {
    BootRecord.remember(file);
    Path boots = folder.resolve("boot");
    Path current = boots.resolve(Bytes.names(boots).getFirst());
    Files.move(current, boots.resolve("an-earlier-boot"));
    assertThat(BootRecord.isRemembered(file)).isFalse();
    BootRecord.remember(file);
    assertThat(Bytes.names(boots)).containsExactly(current.getFileName().toString());
  }

  @Test
  void aFolderThatCantBeWrittenOnlyForgets() throws IOException {
    System.setProperty(BootRecord.FOLDER_PROPERTY, file.resolve("below-a-file").toString());
    BootRecord.remember(file);
    assertThat(BootRecord.isRemembered(file)).isFalse();
  }
}
