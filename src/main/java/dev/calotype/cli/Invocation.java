package dev.calotype.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * A command with the arguments it was given.
 *
 * @param terminal where its answers and errors go
 * @param arguments the parsed arguments
 */
record Invocation(Terminal terminal, ParseResult arguments) {

  /** Whether an option without a value was given. */
  boolean has(String option) {
    return arguments.hasMatchedOption(option);
  }

  /** The value of an option, or else {@code otherwise}. */
  <T> T value(String option, T otherwise) {
    return arguments.matchedOptionValue(option, otherwise);
  }

  /** The file that an option names, if it was given. */
  Optional<Path> path(String option) {
    return has(option) ? Optional.of(arguments.matchedOption(option).getValue()) : Optional.empty();
  }

  /** The file that the parameter at {@code index} names. */
  Path path(int index) {
    return arguments.matchedPositional(index).getValue();
  }

  /** The text of the parameter at {@code index}. */
  String text(int index) {
    return arguments.matchedPositional(index).getValue();
  }

  /**
   * The files that a command of any number of them was given. {@code @LIST} stands for the files
   * that LIST names, one a line; a file whose own name starts with {@code @} is {@code ./@NAME}.
   *
   * @throws IOException if a list can't be read
   */
  List<Path> files() throws IOException {
    List<Path> given = arguments.matchedPositional(0).getValue();
    List<Path> files = new ArrayList<>();
    for (Path path : given) {
      String text = path.toString();
      if (text.startsWith("@")) {
        for (String line : Files.readAllLines(Path.of(text.substring(1)), charset())) {
          if (!line.isBlank()) {
            files.add(Path.of(line));
          }
        }
      } else {
        files.add(path);
      }
    }
    return files;
  }

  /** Does something to a file. */
  interface FileWork {
    ExitCode run(Path file) throws IOException;
  }

  /** Does it to each of {@link #files()}; one that fails is reported, and the next one follows. */
  ExitCode eachFile(FileWork work) throws IOException {
    ExitCode worst = ExitCode.DONE;
    for (Path path : files()) {
      try {
        worst = worst.and(work.run(path));
      } catch (IOException | RuntimeException e) {
        worst = worst.and(failed(e, path.toString()));
      }
      if (terminal.isGone()) {
        break;
      }
    }
    return worst;
  }

  /** How the system writes the names of files. */
  private static Charset charset() {
    return Charset.forName(
        System.getProperty("sun.jnu.encoding", "UTF-8"), Charset.defaultCharset());
  }

  /** The error for arguments that do not fit each other. */
  ParameterException wrong(String message) {
    return new ParameterException(arguments.commandSpec().commandLine(), message);
  }

  /** Reports an exception in one line, and as JSON if that was asked for. */
  ExitCode failed(Throwable e, String file) {
    return failed(Failure.of(e, file), file);
  }

  /** The same, for a failure that is known. */
  ExitCode failed(Failure failure, String file) {
    complain(failure);
    if (arguments.commandSpec().findOption("--json") != null && has("--json")) {
      JsonLines.printError(terminal.out(), file, failure);
    }
    return failure.code();
  }

  /** Prints the line of a failure. */
  void complain(Failure failure) {
    terminal.error((failure.file().isEmpty() ? "''" : failure.file()) + ": " + failure.reason());
    failure.details().forEach(detail -> terminal.err().println("  " + Text.escape(detail)));
    if (has("--verbose")) {
      failure.cause().ifPresent(cause -> cause.printStackTrace(terminal.err()));
    }
  }

  /**
   * Throws unless files can be made in {@code folder}; found out before any work is done.
   *
   * @throws IOException saying why not
   */
  static void requireWritable(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      throw new NoSuchFileException(folder.toString(), null, "no such directory");
    }
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder.toString());
    }
    if (!Files.isWritable(folder)) {
      throw new FileSystemException(folder.toString(), null, "can't write in this directory");
    }
  }
}
