package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.RefusedException;
import dev.calotype.emit.OutputOptions;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.CodeLink;
import dev.calotype.testing.Run;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Linkers that fail, lie or never end. */
final class LinkerFailureTest {
  private final Path folder;
  private final Path out;
  private final Linking linking;

  LinkerFailureTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    linking = new Linking(folder);
    out = linking.out();
  }

  @Test
  void aLinkerThatFailsIsQuotedAndNothingIsLeft() {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Path target = out.resolve("m.so");
    for (CodeLink link : List.of(CodeLink.CC, CodeLink.GNU, CodeLink.LLD)) {
      assertThatThrownBy(() -> linking.link(link, Shape.SLOTS, List.of(object, object), target))
          .isInstanceOfSatisfying(
              LinkerFailedException.class,
              e -> {
                assertThat(e.reason()).startsWith(link.linker() + " failed with exit code 1: ");
                assertThat(e.reason()).hasLineCount(1).containsIgnoringCase("sum");
                assertThat(e.output().lines().count()).isGreaterThan(1);
                assertThat(e.file()).isEqualTo(target.toString());
              });
    }
    assertThat(Bytes.names(out)).isEmpty();
  }

  @Test
  void aLinkerThatMakesNothingOrSomethingElseIsFoundOut() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    assertThatThrownBy(() -> linkedBy("exit 0", object))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("it succeeded and made nothing");
    assertThatThrownBy(() -> linkedBy("cp " + object + " \"$3\"", object))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the linker left the note out");
    assertThatThrownBy(() -> linkedBy("ld.lld-19 \"$@\" -z separate-code -r", object))
        .isInstanceOf(LinkerFailedException.class);
    assertThatThrownBy(() -> linkedBy("echo not much; kill -9 $$", object))
        .isInstanceOf(LinkerFailedException.class)
        .hasMessageContaining("failed with exit code 137: not much");
    String full = "ld: final link failed: No space left on device";
    assertThatThrownBy(() ->
            linkedBy(
                "echo %s; echo collect2: error: ld returned 1; exit 1".formatted(full), object))
        .hasMessageContaining("failed with exit code 1: " + full);
    assertThatThrownBy(() -> linkedBy("echo /dev/full > \"$3\"", object))
        .isInstanceOf(RuntimeException.class);
    assertThat(Bytes.names(out)).isEmpty();
  }

  @Test
  void anInterruptKillsTheLinkerAndWhatItStarted() throws Exception {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Path started = folder.resolve("started");
    Path pipe = folder.resolve("pipe");
    // A child that waits for ever, as a driver's linker may.
    String script =
        "sh -c 'echo $$ > %1$s.new; mv %1$s.new %1$s; read x < %2$s' & wait"
            .formatted(started, pipe);
    Run.of("mkfifo", pipe.toString()).succeeded();
    List<Throwable> thrown = new ArrayList<>();
    Thread thread =
        new Thread(() -> {
          try {
            linkedBy(script, object);
          } catch (IOException | RuntimeException e) {
            thrown.add(e);
          }
        });
    thread.start();
    while (!Files.exists(started) && thread.isAlive()) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    thread.join();
    assertThat(thrown).singleElement().isInstanceOf(InterruptedIOException.class);
    long child = Long.parseLong(Files.readString(started).strip());
    assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(Bytes.names(out)).isEmpty();
  }

  /** Links with a script in the linker's place. */
  private Linked linkedBy(String script, Path object) throws IOException {
    Path bin = Files.createTempDirectory(folder, "bin");
    Path linker = bin.resolve("ld.lld");
    Files.writeString(linker, "#!/bin/sh\n" + script + "\n");
    assertThat(linker.toFile().setExecutable(true)).isTrue();
    try (Validity.Fresh fresh = linking.fresh()) {
      return Link.of(fresh, List.of(object))
          .withLinker(Linkers.in(List.of(bin)).named("ld.lld"))
          .write(out.resolve("m.so"), OutputOptions.standard());
    }
  }
}
