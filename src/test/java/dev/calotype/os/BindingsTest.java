package dev.calotype.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.os.ffi.Posix;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generated bindings against the C compiler. */
class BindingsTest {
  private static final Path ARGUMENTS = Path.of("bindings/arguments");
  private static final String CONSTANT = "--include-constant";
  private static final String STRUCT = "--include-struct";

  @TempDir Path folder;

  @Test
  void everyConstantAndEveryMemberIsWhatTheCompilerSays() throws IOException {
    List<String> java = lines(Print.class);
    assertThat(java).hasSizeGreaterThan(names(CONSTANT).size() + names(STRUCT).size());
    StringBuilder source = new StringBuilder();
    source.append("#include \"posix.h\"\n#include <stddef.h>\n#include <stdio.h>\n");
    source.append("int main(void) {\n");
    for (String line : java) {
      source.append(statement(line.substring(0, line.indexOf(" = "))));
    }
    source.append("  return 0;\n}\n");
    Path program = folder.resolve("print");
    Path code = Files.writeString(folder.resolve("print.c"), source);
    Path headers = Path.of("src/main/native").toAbsolutePath();
    Run.of(Tools.require("gcc"), "-I" + headers, "-o", program.toString(), code.toString())
        .succeeded();
    assertThat(Run.of(program.toString()).succeeded().out().lines())
        .containsExactlyElementsOf(java);
  }

  @Test
  void everyFunctionThatIsAskedForIsThere() throws IOException {
    List<String> found = lines(Functions.class);
    assertThat(found).containsExactlyElementsOf(names("--include-function"));
  }

  @Test
  void withoutNativeAccessOneLineSaysHowToGetIt() {
    Run run = Run.java(List.of(), Requires.class);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains(
            "trying needs native access: start java with --enable-native-access=ALL-UNNAMED\n");
  }

  private static List<String> lines(Class<?> main) {
    List<String> options = List.of("--enable-native-access=ALL-UNNAMED");
    return Run.java(options, main).succeeded().out().lines().toList();
  }

  /** What prints {@code subject = value} in C. */
  private static String statement(String subject) {
    String[] words = subject.split(" ", -1);
    String value =
        switch (words.length) {
          case 1 -> subject;
          case 2 -> "sizeof(%s)".formatted(subject);
          default ->
              "offsetof(%1$s %2$s, %3$s) << 16 | sizeof(((%1$s %2$s *)0)->%3$s)"
                  .formatted(words[0], words[1], words[2]);
        };
    return "  printf(\"%s = %%lld\\n\", (long long)(%s));%n".formatted(subject, value);
  }

  private static List<String> names(String option) throws IOException {
    return Files.readAllLines(ARGUMENTS).stream()
        .filter(line -> line.startsWith(option + " "))
        .map(line -> line.substring(option.length() + 1))
        .toList();
  }

  /** What the bindings say. */
  static final class Print {
    private Print() {}

    public static void main(String[] args) throws Exception {
      for (String name : names(CONSTANT)) {
        Object value = Posix.class.getMethod(name).invoke(null);
        long number =
            value instanceof MemorySegment address
                ? address.address()
                : ((Number) value).longValue();
        System.out.println(name + " = " + number);
      }
      for (String name : names(STRUCT)) {
        Class<?> type = Class.forName("dev.calotype.os.ffi." + name);
        GroupLayout layout = (GroupLayout) type.getMethod("layout").invoke(null);
        System.out.println("struct %s = %d".formatted(name, layout.byteSize()));
        for (MemoryLayout member : layout.memberLayouts()) {
          if (member.name().isPresent()) {
            String field = member.name().get();
            long offset = layout.byteOffset(PathElement.groupElement(field));
            System.out.println(
                "struct %s %s = %d".formatted(name, field, offset << 16 | member.byteSize()));
          }
        }
      }
    }
  }

  /** The functions that the C library of this machine has, of those asked for. */
  static final class Functions {
    private Functions() {}

    public static void main(String[] args) throws Exception {
      for (String name : names("--include-function")) {
        boolean variadic = Set.of("open", "fcntl", "ioctl").contains(name);
        if (variadic) {
          Class.forName(Posix.class.getName() + "$" + name);
        } else {
          Posix.class.getMethod(name + "$handle").invoke(null);
        }
        System.out.println(name);
      }
    }
  }

  /** Needs native access. */
  static final class Requires {
    private Requires() {}

    public static void main(String[] args) {
      NativeAccess.require("trying");
    }
  }
}
