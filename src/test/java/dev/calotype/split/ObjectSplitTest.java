package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.RefusedException;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.Hole;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Shape;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectSplitTest {
  private static final String FIRST = "-O1 -fdata-sections -fno-jump-tables";

  private static final List<String> LEVELS =
      List.of(FIRST, "-O0", "-O2 -fdata-sections", "-O3 -funroll-loops", "-Os -g")
          .subList(0, Tools.count(1, 5));

  /** File offset, address, size in the file, size, alignment. */
  private static final Pattern LOAD =
      Pattern.compile("LOAD +(0x\\w+) (0x\\w+) 0x\\w+ (0x\\w+) (0x\\w+) [RWE ]+ (0x\\w+)");

  @TempDir Path folder;

  static Stream<Arguments> elf() {
    return arguments(ObjectToolchain.values());
  }

  static Stream<Arguments> foreign() {
    return arguments(ForeignToolchain.values());
  }

  private static Stream<Arguments> arguments(Enum<?>... toolchains) {
    return Stream.of(toolchains)
        .flatMap(tools ->
            LEVELS.stream()
                .flatMap(level ->
                    Stream.of(Shape.HOLE, Shape.SLOTS)
                        .map(shape -> Arguments.of(tools, shape, level))));
  }

  @ParameterizedTest
  @MethodSource("elf")
  void codeComputesTheSameWithItsDataElsewhere(ObjectToolchain tools, Shape shape, String level)
      throws IOException {
    Path object = tools.compile(folder, "tables.c", "-fPIC " + level);
    Optional<ObjectPair> pair = split(object, shape, level);
    if (pair.isPresent()) {
      String whole = tools.run(folder, tools.link(folder, List.of(object), ""), object, List.of());
      Path library = tools.link(folder, List.of(pair.get().code()), "");
      List<String> bindings = pair.get().bindings(library, 0);
      assertThat(tools.run(folder, library, pair.get().data(), bindings)).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void codeForOtherSystemsComputesTheSameWithItsDataElsewhere(
      ForeignToolchain tools, Shape shape, String level) throws IOException {
    Path object = tools.compile(folder, level);
    Optional<ObjectPair> pair = split(object, shape, level);
    if (pair.isPresent()) {
      String whole = tools.run(folder, tools.link(folder, object), object, Optional.empty());
      Path library = tools.link(folder, pair.get().code());
      assertThat(tools.run(folder, library, pair.get().data(), pair)).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachHoleLiesOnPagesOfItsOwnWithNothingInTheFile(ObjectToolchain tools) throws IOException {
    Path object = tools.compile(folder, "tables.c", "-fPIC " + FIRST);
    ObjectPair pair = ObjectPair.split(object, folder, Shape.HOLE, ObjectSelection.all());
    Path library = tools.link(folder, List.of(pair.code()), "");
    LinkedNote note = (LinkedNote) CodeObject.readNote(library).orElseThrow();
    assertThat(note.holes()).hasSize(3);
    String headers = Run.of(Tools.require("readelf"), "-lW", library.toString()).out();
    for (Hole hole : note.holes()) {
      assertThat(hole.address() % 65_536).isZero();
      assertThat(hole.size()).isEqualTo(65_536);
      int holders = 0;
      for (Matcher load = LOAD.matcher(headers); load.find(); ) {
        long offset = Long.decode(load.group(1));
        long address = Long.decode(load.group(2));
        long fileEnd = address + Long.decode(load.group(3));
        long end = address + Long.decode(load.group(4));
        assertThat((address - offset) % Long.decode(load.group(5))).isZero();
        if (address < hole.address() + hole.size() && hole.address() < end) {
          holders++;
          assertThat(fileEnd).isLessThanOrEqualTo(hole.address());
        }
      }
      assertThat(holders).isEqualTo(1);
    }
  }

  /** Splits and joins; only the first level is known to leave data that can go. */
  private Optional<ObjectPair> split(Path object, Shape shape, String level) throws IOException {
    try {
      ObjectPair pair = ObjectPair.split(object, folder, shape, ObjectSelection.all());
      assertThat(pair.moved()).isNotEmpty();
      assertThat(pair.join(folder.resolve("joined.o"))).isEqualTo(Files.size(object));
      assertThat(folder.resolve("joined.o")).hasSameBinaryContentAs(object);
      return Optional.of(pair);
    } catch (RefusedException e) {
      assertThat(level).isNotEqualTo(FIRST);
      return Optional.empty();
    }
  }
}
