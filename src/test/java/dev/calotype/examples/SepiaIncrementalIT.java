package dev.calotype.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.testing.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an edit makes the example language compile again, by counting what its compiler does. */
final class SepiaIncrementalIT {
  private static final String PROGRAM = "\\(program\\) +";

  @TempDir Path folder;

  private final CountingCompiler compiler = new CountingCompiler();
  private Path main = Path.of("");

  /** Calls the real one, and remembers for what. */
  private static final class CountingCompiler implements SepiaExample.Compiler {
    final List<String> compiled = Collections.synchronizedList(new ArrayList<>());
    String identity = "test compiler 1";

    @Override
    public String identity() {
      return identity;
    }

    @Override
    public void compile(Path source, Path object, List<String> options) {
      String name = source.getFileName().toString();
      compiled.add(name.substring(0, name.length() - 2));
      List<String> command =
          new ArrayList<>(List.of("cc", "-c", "-w", "-fPIC", options.getFirst()));
      command.addAll(List.of(source.toString(), "-o", object.toString()));
      Run.of(Map.of(), command).succeeded();
    }

    /** What was compiled since the last call, sorted. */
    List<String> taken() {
      List<String> taken = compiled.stream().sorted().toList();
      compiled.clear();
      return taken;
    }
  }

  /** main imports middle, which imports base. */
  @BeforeEach
  void program() throws IOException {
    main = write("main", "import middle; export fn main(): int { return middle.twice(20); }");
    write("middle", "import base;\nexport fn twice(n: int): int { return base.more(n + n); }");
    write(
        "base",
        """
        # What is added.
        table step: [int] = [2];
        table note: bytes = file "base.txt";
        export fn more(n: int): int {
          return n + step[0]; # not much
        }
        """);
    Files.writeString(folder.resolve("base.txt"), "one negative, many prints");
  }

  @Test
  void theFirstBuildCompilesEachModuleOnceAndTheSecondNone() throws IOException {
    assertThat(build()).last().asString().contains("3 modules: 0 fresh", "3 compiled");
    assertThat(compiler.taken()).containsExactly("base", "main", "middle");

    assertThat(build()).last().asString().contains("3 modules: 3 fresh", "0 compiled");
    assertThat(compiler.taken()).isEmpty();
  }

  @Test
  void aCommentCompilesNothing() throws IOException {
    build();
    compiler.taken();
    Map<Path, String> before = dataFiles();
    edit("base", "# What is added.", "# What is\n\n# added:");
    edit("base", " # not much", "");

    assertThat(build())
        .anySatisfy(line -> assertThat(line).contains("only comments"))
        .anySatisfy(line -> assertThat(line).matches(PROGRAM + "fresh .*"));
    assertThat(compiler.taken()).isEmpty();
    assertThat(dataFiles()).isEqualTo(before);
    assertThat(build()).noneSatisfy(line -> assertThat(line).contains("only comments"));
  }

  @Test
  void aBodyCompilesItsModuleOnly() throws IOException {
    build();
    compiler.taken();
    edit("base", "n + step[0]", "step[0] + n");

    assertThat(build())
        .anySatisfy(line -> assertThat(line).startsWith("base").contains("its source changed"))
        .anySatisfy(line -> assertThat(line).matches(PROGRAM + "linked .* modules changed"));
    assertThat(compiler.taken()).containsExactly("base");
  }

  @Test
  void aSignatureCompilesWhatImportsItAndNothingBeyond() throws IOException {
    build();
    compiler.taken();
    Files.writeString(
        file("base"),
        "\nexport fn less(n: int): int { return n - 1; }\n",
        StandardOpenOption.APPEND);

    assertThat(build())
        .anySatisfy(
            line -> assertThat(line).startsWith("middle").contains("interface of base changed"));
    assertThat(compiler.taken()).containsExactly("base", "middle");
  }

  @Test
  void aFileInATableCompilesItsModuleOnly() throws IOException {
    build();
    compiler.taken();
    Files.writeString(folder.resolve("base.txt"), "many prints");

    assertThat(build()).anySatisfy(line -> assertThat(line).contains("file /base.txt changed"));
    assertThat(compiler.taken()).containsExactly("base");
  }

  @Test
  void anEditThatIsTakenBackCompilesNothing() throws IOException {
    build();
    edit("base", "n + step[0]", "step[0] + n");
    build();
    edit("base", "step[0] + n", "n + step[0]");
    compiler.taken();

    assertThat(build()).anySatisfy(line -> assertThat(line).matches(PROGRAM + "fresh .*"));
    assertThat(compiler.taken()).isEmpty();
  }

  @Test
  void anotherLevelAddsCodeAndLeavesEachDataFileAsItIs() throws IOException {
    build();
    compiler.taken();
    Map<Path, String> before = dataFiles();

    assertThat(build(0, ""))
        .anySatisfy(line -> assertThat(line).startsWith("base").contains("no code for -O0"))
        .anySatisfy(line -> assertThat(line).matches(PROGRAM + "linked .* no code for -O0"));
    assertThat(compiler.taken()).containsExactly("base", "main", "middle");
    assertThat(dataFiles()).hasSize(4).isEqualTo(before);

    build(2, "");
    build(0, "");
    assertThat(compiler.taken()).isEmpty();
  }

  @Test
  void anotherCpuLevelAddsCode() throws IOException {
    build();
    compiler.taken();
    Map<Path, String> before = dataFiles();

    assertThat(build(2, "x86-64-v2"))
        .anySatisfy(line -> assertThat(line).contains("no code for -O2 --cpu x86-64-v2"));
    assertThat(compiler.taken()).containsExactly("base", "main", "middle");
    assertThat(dataFiles()).isEqualTo(before);
    build(2, "");
    assertThat(compiler.taken()).isEmpty();
  }

  @Test
  void anotherCompilerCompilesAllAndSaysSo() throws IOException {
    build();
    compiler.taken();
    compiler.identity = "test compiler 2";

    assertThat(build())
        .satisfiesExactly(
            line -> assertThat(line).contains("the compiler changed").endsWith("compiler 2'"),
            line -> assertThat(line).startsWith("main").endsWith("another compiler"),
            line -> assertThat(line).startsWith("middle").endsWith("another compiler"),
            line -> assertThat(line).startsWith("base").endsWith("another compiler"),
            line -> assertThat(line).matches(PROGRAM + "linked .*"),
            line -> assertThat(line).contains("3 compiled"));
    assertThat(compiler.taken()).containsExactly("base", "main", "middle");
  }

  @Test
  void aDocCommentIsDataOfItsModuleOnly() throws IOException {
    build();
    compiler.taken();
    edit("base", "export fn more", "## Adds the step.\nexport fn more");

    build();
    assertThat(compiler.taken()).containsExactly("base");
  }

  @Test
  void withoutGraphAndMemoryAllIsParsedAndNothingCompiled() throws IOException {
    build();
    compiler.taken();
    Path store = folder.resolve("store");
    for (String ending : List.of(".graph", ".ji")) {
      try (Stream<Path> files = Files.list(store.resolve("programs"))) {
        Path file = files.filter(it -> it.toString().endsWith(ending)).findFirst().orElseThrow();
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x10;
        bytes[100] ^= 0x10;
        Files.write(file, bytes);
      }
      edit("base", "# What", "# # What");
      assertThat(build()).last().asString().contains("3 fresh");
      assertThat(compiler.taken()).isEmpty();
    }
  }

  @Test
  void anErrorSaysWhereAndNothingIsCompiledBeforeAllModulesAreRight() throws IOException {
    edit("base", "n + step[0]", "n + stop[0]");
    assertThatThrownBy(this::build)
        .isInstanceOf(IOException.class)
        .hasMessage(
            file("base")
                + """
                :5:14: there is no variable 'stop'
                      return n + stop[0]; # not much
                                 ^\
                """);
    assertThat(compiler.taken()).isEmpty();

    edit("base", "n + stop[0]", "n + step[0]");
    build();
    compiler.taken();
    edit("base", "export fn more(n: int): int", "export fn more(n: int, m: int): int");
    assertThatThrownBy(this::build)
        .hasMessageContaining("middle.sepia:2:44: more takes 2 arguments");
    assertThat(compiler.taken()).isEmpty();

    Files.delete(file("base"));
    assertThatThrownBy(this::build)
        .hasMessageContaining("middle.sepia:1:8: there is no module base");
  }

  private List<String> build() throws IOException {
    return build(2, "");
  }

  private List<String> build(int level, String cpu) throws IOException {
    return SepiaExample.build(main, folder.resolve("store"), level, cpu, compiler);
  }

  private Path write(String module, String text) throws IOException {
    return Files.writeString(file(module), text);
  }

  private Path file(String module) {
    return folder.resolve(module + ".sepia");
  }

  private void edit(String module, String old, String now) throws IOException {
    String text = Files.readString(file(module));
    assertThat(text).contains(old);
    write(module, text.replace(old, now));
  }

  /** The data files in the store: where, when written, with which bytes. */
  private Map<Path, String> dataFiles() throws IOException {
    Map<Path, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder.resolve("store").resolve("store"))) {
      for (Path file : files.filter(it -> it.toString().endsWith(".ji")).toList()) {
        FileTime time = Files.getLastModifiedTime(file);
        all.put(file, time + " " + Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return all;
  }
}
