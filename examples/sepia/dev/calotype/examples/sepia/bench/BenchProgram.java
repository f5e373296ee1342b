package dev.calotype.examples.sepia.bench;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a program of many modules twice: in Sepia, and as C for {@link NaiveStart}, which does the
 * same. Each module has a table, documented functions, and calls two others; the main function asks
 * one function, which goes down a chain of them.
 */
public final class BenchProgram {
  private static final int FUNCTIONS = 40;
  private static final int TABLE = 1024;

  private BenchProgram() {}

  /** Takes a folder and the number of modules. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    int modules = Integer.parseInt(args[1]);
    Path naive = Files.createDirectories(folder.resolve("naive"));
    StringBuilder main = new StringBuilder();
    for (int i = 0; i < modules; i++) {
      main.append("import ").append(name(i)).append(";\n");
      Files.writeString(folder.resolve(name(i) + ".sepia"), sepia(i, modules));
      Files.writeString(naive.resolve(name(i) + ".c"), c(i, modules));
      try (ObjectOutputStream out =
          new ObjectOutputStream(Files.newOutputStream(naive.resolve(name(i) + ".meta")))) {
        out.writeObject(new ArrayList<>(metadata(i)));
      }
    }
    main.append("export fn main(): int {\n  print(m000.f0(1));\n  return 0;\n}\n");
    Files.writeString(folder.resolve("main.sepia"), main);
  }

  static String name(int module) {
    return "m%03d".formatted(module);
  }

  /** The modules that a module calls: the next ones, if there are any. */
  static List<Integer> imports(int module, int modules) {
    List<Integer> imports = new ArrayList<>();
    for (int other = module + 1; other <= module + 2 && other < modules; other++) {
      imports.add(other);
    }
    return imports;
  }

  private static String doc(int module, int function) {
    return "Number %d of module %d: takes a number, asks the table, and gives a number back."
        .formatted(function, module);
  }

  private static List<NaiveStart.Function> metadata(int module) {
    List<NaiveStart.Function> all = new ArrayList<>();
    for (int i = 0; i < FUNCTIONS; i++) {
      all.add(
          new NaiveStart.Function("f" + i, List.of("int"), List.of("n"), "int", doc(module, i)));
    }
    return all;
  }

  /** Only every tenth module is reached from the first one; all are parts of the program. */
  private static boolean callsOn(int module, int modules) {
    return module + 1 < modules && module < 10;
  }

  private static String sepia(int module, int modules) {
    StringBuilder text = new StringBuilder();
    imports(module, modules).forEach(i -> text.append("import ").append(name(i)).append(";\n"));
    text.append("\ntable t: [int] = [").append(values(module)).append("];\n");
    for (int i = 0; i < FUNCTIONS; i++) {
      text.append("\n## ").append(doc(module, i)).append('\n');
      text.append("export fn f%d(n: int): int {\n".formatted(i));
      text.append("  let sum = t[(n + %d) %% len(t)];\n".formatted(i));
      text.append("  for k in 0..n {\n    sum = sum * 31 + t[k %% %d];\n  }\n".formatted(TABLE));
      if (i == 0 && callsOn(module, modules)) {
        text.append("  sum = sum + %s.f0(n);\n".formatted(name(module + 1)));
      } else if (i > 0) {
        text.append("  if sum == %d {\n    return f%d(n + 1);\n  }\n".formatted(-i, i - 1));
      }
      text.append("  return sum;\n}\n");
    }
    return text.toString();
  }

  private static String c(int module, int modules) {
    StringBuilder text = new StringBuilder("#include <stdlib.h>\ntypedef long i64;\n");
    text.append("const char version[] = \"sepia 1 ").append(name(module)).append("\";\n");
    text.append("i64 (*next)(i64);\n");
    text.append("static const i64 t[] = {").append(values(module)).append("};\n");
    text.append(
        "static i64 at(i64 i) { if ((unsigned long)i >= %d) abort(); return t[i]; }\n"
            .formatted(TABLE));
    for (int i = 0; i < FUNCTIONS; i++) {
      text.append("i64 f%d(i64 n) {\n".formatted(i));
      text.append("  i64 sum = at((n + %d) %% %d);\n".formatted(i, TABLE));
      text.append("  for (i64 k = 0; k < n; k++) sum = sum * 31 + at(k %% %d);\n".formatted(TABLE));
      if (i == 0 && callsOn(module, modules)) {
        text.append("  sum = sum + next(n);\n");
      } else if (i > 0) {
        text.append("  if (sum == %d) return f%d(n + 1);\n".formatted(-i, i - 1));
      }
      text.append("  return sum;\n}\n");
    }
    return text.toString();
  }

  private static String values(int module) {
    StringBuilder values = new StringBuilder();
    for (int i = 0; i < TABLE; i++) {
      values.append(i == 0 ? "" : ", ").append((module * 7919L + i * 104729L) % 1_000_003);
    }
    return values.toString();
  }
}
