package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.emit.OutputOptions;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.CodeLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands that are longer than Windows takes. */
class ResponseFileTest {
  private static final int COUNT = 400;

  private static final OutputOptions FAST =
      OutputOptions.standard().withDurability(Durability.FAST).withReplace(true);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = CodeLink.class,
      names = {"CC", "CLANG", "GNU", "GOLD", "LLD", "MINGW", "MINGW_GCC", "LLD_LINK", "LD64"})
  void aLinkerGetsEachOfManyArgumentsAsItIs(CodeLink link) throws IOException {
    Path odd = Files.createDirectory(folder.resolve("it's \"one\" \\ folder\\"));
    Path object = link.compile(folder, "slots.c");
    Path moved = Files.move(object, odd.resolve(object.getFileName()));
    boolean microsoft = link == CodeLink.LLD_LINK;
    String option = microsoft ? "/libpath:" : "-L";
    List<String> arguments = Collections.nCopies(COUNT, option + odd + "/" + "x".repeat(50));
    Path target = folder.resolve("m.so");
    Linked linked = link(moved, arguments, Linkers.onPath().named(link.linker()), target);
    assertThat(linked.note().sealed()).isTrue();
    assertThat(linked.command()).contains(arguments.getFirst()).contains(moved.toString());
  }

  @Test
  void onlyALongCommandGoesThroughAFile() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Path script = Files.writeString(bin.resolve("ld"), "#!/bin/sh\necho error: $#; exit 1\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Linker linker = Linkers.in(List.of(bin)).named("ld");
    Path target = folder.resolve("m.so");
    assertThatThrownBy(() -> link(object, Collections.nCopies(COUNT, "-Lfolder"), linker, target))
        .isInstanceOf(LinkerFailedException.class)
        .hasMessageContaining("error: %d".formatted(COUNT + 9));
    assertThatThrownBy(() -> link(object, Collections.nCopies(3000, "-Lfolder"), linker, target))
        .isInstanceOf(LinkerFailedException.class)
        .hasMessageEndingWith("error: 1");
  }

  private Linked link(Path object, List<String> arguments, Linker linker, Path target)
      throws IOException {
    Path data = folder.resolve("m.ji");
    if (!Files.exists(data)) {
      DataFileWriter.create(data, WriteOptions.standard()).publish();
    }
    try (Validity.Fresh fresh = (Validity.Fresh) DataFile.check(data, Expectations.none())) {
      return Link.of(fresh, List.of(object))
          .withShape(Shape.SLOTS)
          .withArguments(arguments)
          .withLinker(linker)
          .write(target, FAST);
    }
  }
}
