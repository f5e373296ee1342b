package dev.calotype.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    Files.createDirectory(folder.resolve(".d.0123456789abcdef.part"));
    Files.createSymbolicLink(folder.resolve(".l.0123456789abcdef.part"), folder.resolve(".a.part"));
    Files.createFile(folder.resolve(".a b.c.0123456789abcdef.part"));
    publish("x");
    assertThat(Bytes.names(folder))
        .hasSize(kept.size() + 3)
        .containsAll(kept)
        .contains("x", ".d.0123456789abcdef.part", ".l.0123456789abcdef.part");
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
}
