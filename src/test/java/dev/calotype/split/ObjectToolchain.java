package dev.calotype.split;

import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** A compiler for ELF, a linker, and what runs the result. */
enum ObjectToolchain {
  GCC("gcc", "ld", "gcc", ""),
  GCC_GOLD("gcc", "ld.gold", "gcc", ""),
  CLANG_LLD("clang-19 --target=x86_64-linux-gnu", "ld.lld-19", "gcc", ""),
  GCC_AARCH64(
      "aarch64-linux-gnu-gcc",
      "aarch64-linux-gnu-ld",
      "aarch64-linux-gnu-gcc",
      "qemu-aarch64 -L /usr/aarch64-linux-gnu"),
  CLANG_AARCH64(
      "clang-19 --target=aarch64-linux-gnu",
      "ld.lld-19",
      "aarch64-linux-gnu-gcc",
      "qemu-aarch64 -L /usr/aarch64-linux-gnu"),
  GCC_RISCV64(
      "riscv64-linux-gnu-gcc",
      "riscv64-linux-gnu-ld",
      "riscv64-linux-gnu-gcc",
      "qemu-riscv64 -L /usr/riscv64-linux-gnu"),
  CLANG_RISCV64(
      "clang-19 --target=riscv64-linux-gnu -march=rv64gc -mabi=lp64d",
      "ld.lld-19",
      "riscv64-linux-gnu-gcc",
      "qemu-riscv64 -L /usr/riscv64-linux-gnu");

  private static final Pattern SPACES = Pattern.compile(" ");

  private final String compiler;
  private final String linker;
  private final String driver;
  private final String emulator;

  ObjectToolchain(String compiler, String linker, String driver, String emulator) {
    this.compiler = compiler;
    this.linker = linker;
    this.driver = driver;
    this.emulator = emulator;
  }

  /** Whether it is for this machine. */
  boolean isNative() {
    return emulator.isEmpty();
  }

  /** Compiles a source that lies beside the tests. */
  Path compile(Path folder, String source, String options) {
    Path file = resource(folder, source);
    Path object = folder.resolve(source.replace(".c", ".o"));
    List<String> line = words(compiler);
    line.addAll(words("-c -ffreestanding " + options));
    line.addAll(List.of("-o", object.toString(), file.toString()));
    Run.of(line.toArray(String[]::new)).succeeded();
    return object;
  }

  /** Links a library the way a hole wants it. */
  Path link(Path folder, List<Path> objects, String options) {
    Path library = folder.resolve("library.so");
    List<String> line = words(linker);
    line.addAll(words("-shared -z max-page-size=65536 -z noexecstack " + options));
    line.addAll(List.of("-o", library.toString()));
    objects.forEach(object -> line.add(object.toString()));
    Run run = Run.of(line.toArray(String[]::new)).succeeded();
    if (!run.err().isEmpty()) {
      throw new AssertionError(run.err());
    }
    return library;
  }

  /** Loads a library, binds what the arguments say, and gives what it printed. */
  String run(Path folder, Path library, Path data, List<String> bindings) {
    Path program = folder.resolve("bind");
    if (!Files.exists(program)) {
      List<String> line = words(driver);
      line.addAll(List.of("-o", program.toString(), resource(folder, "bind.c").toString(), "-ldl"));
      Run.of(line.toArray(String[]::new)).succeeded();
    }
    List<String> line = emulator.isEmpty() ? new ArrayList<>() : words(emulator);
    line.addAll(List.of(program.toString(), library.toString(), data.toString()));
    line.addAll(bindings);
    return Run.of(line.toArray(String[]::new)).succeeded().out();
  }

  private static List<String> words(String text) {
    List<String> words =
        new ArrayList<>(SPACES.splitAsStream(text).filter(word -> !word.isEmpty()).toList());
    Optional<String> first = words.stream().findFirst();
    if (first.isPresent() && !first.get().startsWith("-")) {
      words.set(0, Tools.require(first.get()));
    }
    return words;
  }

  static Path resource(Path folder, String name) {
    Path file = folder.resolve(name);
    try (InputStream stream =
        Objects.requireNonNull(ObjectToolchain.class.getResourceAsStream(name), name)) {
      Files.copy(stream, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
