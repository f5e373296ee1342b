package dev.calotype.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.emit.OutputOptions;
import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.CodeSet;
import dev.calotype.ji.Comparison;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.split.Link;
import dev.calotype.split.Linkers;
import dev.calotype.split.ObjectJoin;
import dev.calotype.split.ObjectSelection;
import dev.calotype.split.ObjectSplit;
import dev.calotype.split.SharedData;
import dev.calotype.testing.NativeOnly;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From an object of a compiler to loaded code, through every part there is on the way. */
@NativeOnly
class WholeWayTest {
  private static final List<Shape> SHAPES = List.of(Shape.SLOTS, Shape.HOLE, Shape.NEEDED);

  private static final String SOURCE =
      """
      #define TEN(n) n * 3, n * 7, n * 11, n ^ 5, n + 9, n * n, n - 1, n * 2, n / 3, n % 4
      #define HUNDRED(n) TEN(n), TEN(n + 1), TEN(n + 2), TEN(n + 3), TEN(n + 4), TEN(n + 5), \\
          TEN(n + 6), TEN(n + 7), TEN(n + 8), TEN(n + 9)
      const long table[] = {HUNDRED(10L), HUNDRED(200L), HUNDRED(3000L)};
      const unsigned char steps[] = {1, 4, 1, 5, 9, 2, 6, 5};
      static long calls;
      long total(void) {
        long sum = ++calls;
        for (int i = 0; i < 300; i++) sum = sum * 31 + table[i] * steps[i & 7];
        return sum;
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cc", "ld", "ld.lld-19"})
  void codeOfEveryShapeComputesWhatTheUnsplitLibraryDoes(String linker) throws IOException {
    Path object = compile("-O2");
    Path whole = folder.resolve("whole.so");
    Run.of(Tools.require("gcc"), "-shared", "-o", whole.toString(), object.toString()).succeeded();
    List<String> arguments = new ArrayList<>(List.of(whole.toString()));
    for (Shape shape : SHAPES) {
      Path data = folder.resolve(shape.id() + ".ji");
      Path code = folder.resolve(shape.id() + ".o");
      Path linkable = split(object, shape, data, code, Origin.none());
      Path joined = folder.resolve(shape.id() + ".joined.o");
      try (Validity.Fresh fresh = LoadFixture.fresh(linkable)) {
        ObjectJoin.join(fresh, code, joined, WriteOptions.standard(), _ -> {});
      }
      assertThat(joined).hasSameBinaryContentAs(object);
      Path library = link(linkable, code, shape.id() + ".so", linker);
      Expectations all = Expectations.none().withTier(Tier.FULL);
      try (Validity validity = CodeObject.check(library, all)) {
        assertThat(validity).as(shape.id()).isInstanceOf(Validity.FreshCode.class);
      }
      arguments.addAll(List.of(linkable.toString(), library.toString()));
    }
    Run run =
        Run.java(NativeWay.enabling(), Totals.class, arguments.toArray(String[]::new)).succeeded();
    List<String> totals = run.out().lines().toList();
    assertThat(totals).hasSize(1 + SHAPES.size()).containsOnly(totals.getFirst());
  }

  @Test
  void oneNegativeGivesManyPrintsAndStaysAsItIs() throws IOException {
    Path data = folder.resolve("calc.ji");
    List<Path> libraries = new ArrayList<>();
    byte[] bytes = {};
    for (String level : List.of("0", "3")) {
      Path code = folder.resolve("O%s.slots.o".formatted(level));
      Origin made = Origin.none().withOption("O", level, Comparison.EXACT);
      split(compile("-O" + level), Shape.SLOTS, data, code, made);
      if (libraries.isEmpty()) {
        bytes = Files.readAllBytes(data);
        Files.setLastModifiedTime(data, FileTime.fromMillis(1_000_000_000));
      }
      libraries.add(link(data, code, "O%s.so".formatted(level), "cc"));
    }
    try (Validity.Fresh fresh = LoadFixture.fresh(data)) {
      for (Path library : libraries) {
        CodeSet.of(fresh).add(library, "", WriteOptions.standard(), _ -> {});
      }
    }
    Run run = Run.java(NativeWay.enabling(), Picks.class, data.toString()).succeeded();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo("calc.x86_64-elf-O-0.so");
    assertThat(lines.get(2)).isEqualTo("calc.x86_64-elf-O-3.so");
    assertThat(lines.get(1)).isEqualTo(lines.get(3));
    assertThat(data).hasBinaryContent(bytes);
    assertThat(Files.getLastModifiedTime(data)).isEqualTo(FileTime.fromMillis(1_000_000_000));
  }

  private Path compile(String level) throws IOException {
    Path source = Files.writeString(folder.resolve("calc.c"), SOURCE);
    Path object = folder.resolve("calc%s.o".formatted(level));
    Run.of(
            Tools.require("gcc"),
            "-c",
            level,
            "-fPIC",
            "-fdata-sections",
            "-o",
            object.toString(),
            source.toString())
        .succeeded();
    return object;
  }

  /** Splits, and says what to link with. */
  private Path split(Path object, Shape shape, Path data, Path code, Origin made)
      throws IOException {
    try (ObjectSplit split = ObjectSplit.plan(object, shape, ObjectSelection.all())) {
      split.write(data, code, WriteOptions.standard(), made, _ -> {});
      if (shape != Shape.NEEDED) {
        return data;
      }
      try (Validity.Fresh fresh = LoadFixture.fresh(data)) {
        SharedData shared = split.shared(fresh.data());
        assertThat(shared.exports()).containsExactly("steps", "table");
        Path file = folder.resolve(shared.soname());
        assertThat(shared.isWritten(file)).isFalse();
        shared.write(file, false);
        assertThat(shared.isWritten(file)).isTrue();
        assertThat(shared.withName("other").isWritten(file)).isFalse();
        return file;
      }
    }
  }

  private Path link(Path data, Path code, String name, String linker) throws IOException {
    Path library = folder.resolve(name);
    try (Validity.Fresh fresh = LoadFixture.fresh(data)) {
      Link.of(fresh, List.of(code))
          .withLinker(Linkers.onPath().named(Tools.require(linker)))
          .write(library, OutputOptions.standard().withDurability(Durability.FAST));
    }
    return library;
  }

  /** Prints the total of an ordinary library, and of pairs. */
  static final class Totals {
    private Totals() {}

    @SuppressWarnings("restricted")
    public static void main(String[] arguments) throws Throwable {
      try (Arena arena = Arena.ofConfined()) {
        SymbolLookup whole = SymbolLookup.libraryLookup(Path.of(arguments[0]), arena);
        System.out.println(
            (long)
                Linker.nativeLinker()
                    .downcallHandle(
                        whole.find("total").orElseThrow(),
                        FunctionDescriptor.of(ValueLayout.JAVA_LONG))
                    .invokeExact());
      }
      for (int i = 1; i < arguments.length; i += 2) {
        try (Validity.Fresh data = LoadFixture.fresh(Path.of(arguments[i]));
            Validity.FreshCode code = LoadFixture.freshCode(Path.of(arguments[i + 1]))) {
          printTotal(data, code);
        }
      }
    }

    static void printTotal(Validity.Fresh data, Validity.FreshCode code) throws Throwable {
      try (Arena arena = Arena.ofConfined()) {
        switch (Loader.of(data).load(code, arena)) {
          case Loading.Loaded it ->
              System.out.println((long) it.code().function("total", "()J").invokeExact());
          case Loading.Refused no -> System.out.println(no.causes());
        }
      }
    }
  }

  /** Prints what is picked by option, and its total. */
  static final class Picks {
    private Picks() {}

    public static void main(String[] arguments) throws Throwable {
      try (Validity.Fresh data = LoadFixture.fresh(Path.of(arguments[0]))) {
        for (String level : List.of("0", "3")) {
          try (CodeChoice choice = CodeSet.of(data).pick(Host.current(), Map.of("O", level))) {
            Validity.FreshCode best = choice.best().orElseThrow();
            System.out.println(best.file().getFileName());
            Totals.printTotal(data, best);
          }
        }
      }
    }
  }
}
