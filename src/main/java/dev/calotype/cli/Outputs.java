package dev.calotype.cli;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.emit.OutputOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What commands share that make one file of another. */
final class Outputs {
  private Outputs() {}

  /** What {@code --force} and {@code --fast} ask for. */
  static OutputOptions options(Invocation invocation) {
    return OutputOptions.standard()
        .withReplace(invocation.has("--force"))
        .withDurability(invocation.has("--fast") ? Durability.FAST : Durability.DURABLE);
  }

  /**
   * Throws unless a file can be made from another, as far as can be told before any work is done.
   *
   * @throws RefusedException if the one is the other
   * @throws IOException if there is no folder for it that can be written to
   */
  static void requireOther(Path input, Path output) throws IOException {
    if (Files.exists(input) && Files.exists(output) && Files.isSameFile(input, output)) {
      throw new RefusedException(input.toString(), "would be replaced by what is made from it");
    }
    Path folder = output.toAbsolutePath().getParent();
    if (Files.exists(input) && folder != null) {
      Invocation.requireWritable(folder);
    }
  }

  /** Reports a failure; a full disk, of which the system names no file, is the output's. */
  static ExitCode failed(Invocation invocation, Exception e, Path input) {
    Failure failure = Failure.of(e, input.toString());
    if (failure.saysFull()) {
      Path output = invocation.value("--output", Path.of(""));
      failure = Failure.of(e, output.toString());
    }
    return invocation.failed(failure, input.toString());
  }
}
