package dev.calotype.split;

import dev.calotype.publish.WorkFolder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** One run of a linker as a child process. */
final class LinkerRun {
  private static final int MOST_OUTPUT = 64 << 10;
  private static final Pattern TELLING =
      Pattern.compile(
          "\\berror\\b|\\bfailed\\b|undefined|multiple definition|cannot|can't|could"
              + " not|incompatible|no such",
          Pattern.CASE_INSENSITIVE);

  private LinkerRun() {}

  /**
   * Runs a linker to its end.
   *
   * @param kind how it is told what to do
   * @param target what is linked, for errors
   * @param folder where its output is kept meanwhile; the folder's name is left out of that
   * @return what it wrote to its standard streams
   * @throws LinkerFailedException if it ended with an error
   * @throws IOException if it could not be started, or the thread was interrupted, by which the
   *     linker is killed
   */
  static String run(List<String> command, Linker.Kind kind, Path target, WorkFolder folder)
      throws IOException {
    Path messages = folder.resolve(".messages");
    ProcessBuilder builder =
        new ProcessBuilder(ResponseFile.shorten(command, kind, folder))
            .redirectInput(ProcessBuilder.Redirect.from(nothing()))
            .redirectErrorStream(true)
            .redirectOutput(messages.toFile());
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    int exit = await(process);
    String output = read(messages).replace(folder.resolve("").toString() + File.separator, "");
    if (exit != 0) {
      String name = String.valueOf(Path.of(command.getFirst()).getFileName());
      throw new LinkerFailedException(
          target.toString(),
          "%s failed with exit code %d: %s".formatted(name, exit, telling(output)),
          output);
    }
    return output;
  }

  private static int await(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      // A driver's linker is a process of its own, and would go on writing.
      List<ProcessHandle> all = process.descendants().toList();
      process.destroyForcibly();
      all.forEach(ProcessHandle::destroyForcibly);
      process.onExit().join();
      all.forEach(child -> child.onExit().join());
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }

  /** The line that says most. */
  private static String telling(String output) {
    List<String> lines = output.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    return lines.stream()
        .filter(line -> TELLING.matcher(line).find())
        .findFirst()
        .orElse(lines.isEmpty() ? "it said nothing" : lines.getFirst());
  }

  private static String read(Path messages) throws IOException {
    try (InputStream stream = Files.newInputStream(messages)) {
      return new String(stream.readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
    }
  }

  private static File nothing() {
    return new File(Linker.isWindows() ? "NUL" : "/dev/null");
  }
}
