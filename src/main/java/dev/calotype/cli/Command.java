package dev.calotype.cli;

import java.io.IOException;
import picocli.CommandLine.Model.CommandSpec;

/** One command: what it accepts and what it does. */
interface Command {
  /** What it does, in one line of the list of commands. */
  String summary();

  /** Adds its options, parameters and examples. {@code --help} and {@code --verbose} are there. */
  void declare(CommandSpec spec);

  /**
   * Does it.
   *
   * @throws IOException as for any other exception: reported in one line, see {@link Failure}
   */
  ExitCode run(Invocation invocation) throws IOException;
}
