package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ji.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectSplitTest {
  @TempDir Path folder;

  static Stream<Arguments> toolchainsAndShapes() {
    return Stream.of(ObjectToolchain.values())
        .flatMap(
            tools -> Stream.of(Shape.HOLE, Shape.SLOTS).map(shape -> Arguments.of(tools, shape)));
  }

  @ParameterizedTest
  @MethodSource("toolchainsAndShapes")
  void codeComputesTheSameWithItsDataElsewhere(ObjectToolchain tools, Shape shape)
      throws IOException {
    Path object = tools.compile(folder, "tables.c", "-O1 -fPIC -fdata-sections -fno-jump-tables");
    String whole = tools.run(folder, tools.link(folder, List.of(object), ""), object, List.of());
    ObjectPair pair = ObjectPair.split(object, folder, shape, ObjectSelection.all());
    assertThat(pair.moved()).contains(".rodata.squares", ".rodata.bytes");
    assertThat(pair.join(folder.resolve("joined.o"))).isEqualTo(Files.size(object));
    assertThat(folder.resolve("joined.o")).hasSameBinaryContentAs(object);

    Path library = tools.link(folder, List.of(pair.code()), "");
    assertThat(tools.run(folder, library, pair.data(), pair.bindings(library, 0))).isEqualTo(whole);
  }

  static Stream<Arguments> foreignToolchainsAndShapes() {
    return Stream.of(ForeignToolchain.values())
        .flatMap(
            tools -> Stream.of(Shape.HOLE, Shape.SLOTS).map(shape -> Arguments.of(tools, shape)));
  }

  @ParameterizedTest
  @MethodSource("foreignToolchainsAndShapes")
  void codeForOtherSystemsComputesTheSameWithItsDataElsewhere(ForeignToolchain tools, Shape shape)
      throws IOException {
    Path object = tools.compile(folder, "-O1 -fno-jump-tables -fdata-sections");
    String whole = tools.run(folder, tools.link(folder, object), object, null);
    ObjectPair pair = ObjectPair.split(object, folder, shape, ObjectSelection.all());
    assertThat(pair.moved()).isNotEmpty();
    pair.join(folder.resolve("joined.o"));
    assertThat(folder.resolve("joined.o")).hasSameBinaryContentAs(object);

    Path library = tools.link(folder, pair.code());
    assertThat(tools.run(folder, library, pair.data(), pair)).isEqualTo(whole);
  }
}
