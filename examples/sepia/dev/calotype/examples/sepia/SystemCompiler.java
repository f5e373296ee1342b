package dev.calotype.examples.sepia;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The compiler of the platform: {@code cc}, or another that takes its options. */
final class SystemCompiler implements Compiler {
  private final Path program;
  private final Memory memory;

  /**
   * Finds a compiler.
   *
   * @param memory knows what the compiler said of itself last time
   * @throws IOException if there is none
   */
  SystemCompiler(String name, Memory memory) throws IOException {
    this.program = find(name);
    this.memory = memory;
  }

  /** Asks the compiler, unless it is the very file that was asked before. */
  @Override
  public String identity() throws IOException {
    String file = program + " " + FileState.of(program.toRealPath());
    Optional<String> known = memory.compiler(file);
    if (known.isPresent()) {
      return known.get();
    }
    String identity = run(List.of(program.toString(), "--version")).lines().findFirst().orElse("");
    memory.setCompiler(file, identity);
    return identity;
  }

  @Override
  public void compile(Path source, Path object, Variant variant) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program.toString(), "-c", "-O" + variant.level()));
    if (!variant.cpu().isEmpty()) {
      command.add("-march=" + variant.cpu());
    }
    // Numbers wrap around, and are the same on every CPU.
    command.addAll(
        List.of(
            "-fPIC",
            "-ffunction-sections",
            "-fwrapv",
            "-fno-math-errno",
            "-ffp-contract=off",
            "-w"));
    command.addAll(List.of(source.toString(), "-o", object.toString()));
    run(command);
  }

  private static String run(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(
            "%s failed: %s".formatted(command.getFirst(), output.lines().findFirst().orElse("")));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
    return output;
  }

  private static Path find(String name) throws IOException {
    if (name.contains(File.separator)) {
      return Path.of(name);
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst()
        .orElseThrow(() -> new IOException("there is no '%s' on the PATH".formatted(name)));
  }
}
