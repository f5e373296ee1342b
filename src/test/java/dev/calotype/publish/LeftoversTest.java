package dev.calotype.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Temporaries of writers that are gone are removed, those of writers that live are not. */
class LeftoversTest {
  @TempDir Path folder;

  @Test
  void aTemporaryGoesWhenItsWriterIsGoneAndNotBefore() throws Exception {
    List<String> command = Run.javaCommand(List.of(), Writer.class, folder.resolve("a").toString());
    Process writer =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = writer.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("writing");
      publish("b");
      assertThat(Bytes.names(folder)).hasSize(2).anyMatch(name -> name.startsWith(".a."));
      writer.getOutputStream().write('\n');
      writer.getOutputStream().flush();
      assertThat(out.readLine()).isEqualTo("written");
      Leftovers.collect(folder, _ -> false);
      assertThat(Bytes.names(folder)).hasSize(2);
    } finally {
      writer.destroyForcibly().waitFor();
    }
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.move(
        folder.resolve(Bytes.names(folder).getFirst()), other.resolve(".a.0123456789abcdef.part"));
    try (Publication file = Publication.beside(other.resolve("c"), false)) {
      file.write(new byte[] {1});
      file.publish(Durability.FAST);
    }
    assertThat(Bytes.names(other)).containsExactly("c");
  }

  @Test
  void aProcessLeavesItsOwnAlone() throws IOException {
    try (Publication first = Publication.beside(folder.resolve("a"), false);
        Publication second = Publication.beside(folder.resolve("b"), false)) {
      assertThat(Bytes.names(folder)).hasSize(2);
      second.publish(Durability.DURABLE);
      first.publish(Durability.DURABLE);
    }
    assertThat(Bytes.names(folder)).containsExactly("a", "b");
  }

  @Test
  void onlyExactlyTemporariesAreRemoved() throws IOException {
    List<String> kept =
        List.of(
            ".a.part",
            ".a.0123456789abcde.part",
            ".a.0123456789abcdef0.part",
            ".a.0123456789ABCDEF.part",
            ".a.0123456789abcdef.part2",
            "a.0123456789abcdef.part",
            "..0123456789abcdef.part",
            ".a-0123456789abcdef.part");
    for (String name : kept) {
      Files.createFile(folder.resolve(name));
    }
    Path unlocked = Files.createDirectory(folder.resolve(".d.0123456789abcdef.part"));
    Files.createFile(unlocked.resolve("file"));
    Files.createDirectory(folder.resolve(".e.0123456789abcdef.part"));
    Files.createSymbolicLink(folder.resolve(".l.0123456789abcdef.part"), folder.resolve(".a.part"));
    Files.createFile(folder.resolve(".a b.c.0123456789abcdef.part"));
    publish("x");
    assertThat(Bytes.names(folder))
        .hasSize(kept.size() + 3)
        .containsAll(kept)
        .contains("x", ".d.0123456789abcdef.part", ".l.0123456789abcdef.part");
  }

  @Test
  void aWorkFolderGoesWithItsFilesWhenItsMakerIsGoneAndNotBefore() throws Exception {
    List<String> command = Run.javaCommand(List.of(), Maker.class, folder.resolve("m").toString());
    Process maker =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = maker.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("working");
      Leftovers.collect(folder, _ -> false);
      assertThat(Bytes.names(folder)).hasSize(1);
    } finally {
      maker.destroyForcibly().waitFor();
    }
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.move(
        folder.resolve(Bytes.names(folder).getFirst()), other.resolve(".m.0123456789abcdef.part"));
    try (WorkFolder next = WorkFolder.beside(other.resolve("n"), false)) {
      assertThat(Bytes.names(other)).singleElement().asString().startsWith(".n.");
      assertThat(next.resolve("")).isDirectory();
    }
    assertThat(Bytes.names(other)).isEmpty();
  }

  @Test
  void aWorkFolderGoesWhenItIsClosedAndIsLeftAloneByItsOwnProcess() throws IOException {
    try (WorkFolder work = WorkFolder.beside(folder.resolve("m"), false)) {
      Files.createFile(work.resolve("output"));
      publish("one");
      assertThat(work.resolve("output")).exists();
    }
    assertThat(Bytes.names(folder)).containsExactly("one");
    assertThatThrownBy(() -> WorkFolder.beside(folder.resolve("one"), false))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  private void publish(String name) throws IOException {
    try (Publication file = Publication.beside(folder.resolve(name), false)) {
      file.publish(Durability.FAST);
    }
  }

  /** Writes, until it is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) throws IOException {
      Publication file = Publication.beside(Path.of(arguments[0]), false);
      System.out.println("writing");
      int next = System.in.read();
      file.write(new byte[] {1, 2, 3});
      System.out.println("written");
      while (next >= 0) {
        next = System.in.read();
      }
      Runtime.getRuntime().halt(1);
    }
  }

  /** Works in a folder, until it is killed. */
  static final class Maker {
    private Maker() {}

    public static void main(String[] arguments) throws IOException {
      WorkFolder work = WorkFolder.beside(Path.of(arguments[0]), false);
      Files.createFile(work.resolve("output"));
      System.out.println("working");
      while (System.in.read() >= 0) {
        // Until it is killed.
      }
    }
  }
}
