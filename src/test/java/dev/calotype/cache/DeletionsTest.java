package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many entries deleted at a time. */
class DeletionsTest {
  private static final int MANY = 200;

  @TempDir Path folder;
  private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();
  private StoreConfig config = StoreConfig.standard();

  @BeforeEach
  void start() {
    config = UpkeptStore.config(folder.resolve("s"), InstantSource.system());
  }

  @Test
  void whatIsPutAsideIsGoneAtTheEndWithItsFolders() throws IOException {
    try (Store store = Store.open(config)) {
      Path work = store.folder().layout().work();
      try (Deletions deletions = store.deletions(failures::add)) {
        for (int i = 0; i < MANY; i++) {
          deletions.add(entry(deletions));
        }
        assertThat(work).isNotEmptyDirectory();
      }
      assertThat(failures).isEmpty();
      assertThat(work).isEmptyDirectory();
    }
  }

  @Test
  void whatCanNotBeDeletedIsToldAndKeepsNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    try (Store store = Store.open(config)) {
      try (Deletions deletions = store.deletions(failures::add)) {
        deletions.add(entry(deletions));
        deletions.add(file.resolve("below"));
        deletions.add(entry(deletions));
      }
      assertThat(failures).singleElement().asString().contains("below");
      assertThat(store.folder().layout().work()).isEmptyDirectory();
    }
    assertThat(file).hasContent("no folder");
  }

  @Test
  void whatWasNeverAddedIsRemovedToo() throws IOException {
    try (Store store = Store.open(config)) {
      try (Deletions deletions = store.deletions(failures::add)) {
        entry(deletions);
      }
      assertThat(failures).isEmpty();
      assertThat(store.folder().layout().work()).isEmptyDirectory();
    }
  }

  @Test
  void whereNoFolderCanBeMadeAnEntryIsPutAsideWithoutOne() throws IOException {
    try (Store store = Store.open(config)) {
      Path work = store.folder().layout().work();
      try (Deletions deletions = store.deletions(failures::add)) {
        Files.delete(work);
        Path one = deletions.next();
        Path other = deletions.next();
        Files.createDirectory(work);
        assertThat(one).hasParentRaw(work).isNotEqualTo(other);
        assertThat(other).hasParentRaw(work);
        deletions.add(Files.createDirectory(one));
        deletions.add(Files.createDirectory(other));
      }
      assertThat(failures).isEmpty();
      assertThat(work).isEmptyDirectory();
    }
  }

  private static Path entry(Deletions deletions) throws IOException {
    Path aside = deletions.next();
    assertThat(aside).doesNotExist();
    Files.createDirectories(aside.resolve("below"));
    Files.writeString(aside.resolve("below/file"), "content");
    Files.writeString(aside.resolve(Manifest.NAME), "manifest");
    return aside;
  }
}
