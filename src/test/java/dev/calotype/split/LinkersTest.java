package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.RefusedException;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.image.Target;
import dev.calotype.ji.Shape;
import dev.calotype.split.Linker.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which programs are taken for linkers, and in which order. */
final class LinkersTest {
  private static final Target WINDOWS = ObjectTarget.X86_64_WINDOWS.target();

  @TempDir Path one;
  @TempDir Path two;

  @ParameterizedTest
  @CsvSource({
    "cc, DRIVER",
    "gcc-12, DRIVER",
    "clang++-19, DRIVER",
    "x86_64-linux-gnu-gcc, DRIVER",
    "x86_64-w64-mingw32-gcc, DRIVER",
    "ld, GNU",
    "ld.bfd, GNU",
    "ld.gold, GNU",
    "ld.lld-19, GNU",
    "mold, GNU",
    "aarch64-linux-gnu-ld, GNU",
    "x86_64-w64-mingw32-ld.exe, GNU",
    "lld-link, MICROSOFT",
    "lld-link-19, MICROSOFT",
    "link.exe, MICROSOFT",
    "ld64.lld-19.1, APPLE",
    "ld64, APPLE"
  })
  void aNameTellsTheKind(String name, Kind kind) {
    assertThat(Linker.kind(name, false)).contains(kind);
    assertThat(Linker.kind(name, true)).contains(name.equals("ld") ? Kind.APPLE : kind);
  }

  @ParameterizedTest
  @CsvSource({"strace", "as", "build", "ld.so", "gcc-ar", "linker", "lld", "\"\""})
  void otherNamesTellNothing(String name) {
    assertThat(Linker.kind(name, false)).isEmpty();
  }

  @Test
  void thePlainNameComesFirstAndThenTheHighestVersion() throws IOException {
    for (String name : List.of("lld-link-9", "lld-link-19", "lld-link-x", "lld-link-1234567")) {
      program(one, name);
    }
    program(two, "lld-link");
    program(two, "lld-link-20");
    program(two, "x86_64-w64-mingw32-ld");
    Files.createDirectory(one.resolve("x86_64-w64-mingw32-gcc"));
    Files.createFile(one.resolve("lld-link-99"));
    Linkers linkers = Linkers.in(List.of(one.resolve("none"), one, two));
    assertThat(linkers.find(WINDOWS, Shape.SLOTS).stream().map(Linker::program))
        .containsExactly(
            two.resolve("lld-link"),
            one.resolve("lld-link-19"),
            one.resolve("lld-link-9"),
            two.resolve("lld-link-20"),
            two.resolve("x86_64-w64-mingw32-ld"));
    assertThat(linkers.best(WINDOWS, Shape.SLOTS).kind()).isEqualTo(Kind.MICROSOFT);
    assertThat(linkers.named("lld-link-20").program()).isEqualTo(two.resolve("lld-link-20"));
  }

  @Test
  void whereThereIsNoneTheErrorSaysWhatWasLookedFor() {
    Linkers none = Linkers.in(List.of(one));
    assertThatThrownBy(() -> none.best(WINDOWS, Shape.SLOTS))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(
            "no linker for x86_64-coff found: looked for lld-link, lld-link-NN,"
                + " x86_64-w64-mingw32-gcc, x86_64-w64-mingw32-ld on the PATH");
    assertThatThrownBy(() -> none.named("ld"))
        .hasMessage("ld: no linker of this name found on the PATH");
    assertThatThrownBy(() -> none.named(one.resolve("ld").toString()))
        .hasMessageContaining("there is no such program");
  }

  @Test
  void plainLinkersComeBeforeDriversWhereThereIsAHole() {
    for (ObjectTarget target : List.of(ObjectTarget.X86_64_LINUX, ObjectTarget.AARCH64_LINUX)) {
      List<String> slots = Linkers.names(target.target(), Shape.SLOTS);
      List<String> hole = Linkers.names(target.target(), Shape.HOLE);
      assertThat(hole).containsExactlyInAnyOrderElementsOf(slots);
      assertThat(Linker.kind(slots.getFirst(), false)).isEqualTo(Optional.of(Kind.DRIVER));
      assertThat(Linker.kind(hole.getFirst(), false)).isEqualTo(Optional.of(Kind.GNU));
    }
  }

  private static void program(Path folder, String name) throws IOException {
    assertThat(Files.createFile(folder.resolve(name)).toFile().setExecutable(true)).isTrue();
  }
}
