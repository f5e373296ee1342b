package dev.calotype.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The program {@code calotype}. */
public final class Main {
  private Main() {}

  /**
   * Runs a command and exits with its code.
   *
   * @param args the command and its arguments
   */
  public static void main(String[] args) {
    Terminal terminal = Terminal.ofProcess();
    System.exit(terminal.end(run(terminal, args)).status());
  }

  /**
   * Runs a command, without colours and progress.
   *
   * @param out where answers go
   * @param err where errors go, each of one line
   * @return what the process would exit with
   */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return run(Terminal.of(out, err), args).status();
  }

  static ExitCode run(Terminal terminal, String... args) {
    ExitCode code = dispatch(terminal, args);
    terminal.out().flush();
    terminal.err().flush();
    return code;
  }

  /** The version, as in {@code 0.1.0}. */
  static String version() {
    Properties properties = new Properties();
    try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      // Said as unknown.
    }
    return properties.getProperty("version", "unknown");
  }

  private static ExitCode dispatch(Terminal terminal, String[] args) {
    String name = args.length == 0 ? "" : args[0];
    if (name.isEmpty()) {
      terminal.error("a command is missing; try 'calotype --help'");
      return ExitCode.USAGE;
    }
    // Without picocli, as starting it takes longer than this.
    if (name.equals("--version") || name.equals("-V")) {
      terminal.out().println("calotype " + version());
      return ExitCode.DONE;
    }
    if (name.equals("--help") || name.equals("-h") || name.equals("help")) {
      Commands.overview().usage(terminal.out(), terminal.ansi());
      return ExitCode.DONE;
    }
    Optional<CommandGroup> group = Commands.group(name);
    if (group.isPresent()) {
      return dispatch(terminal, group.get(), args);
    }
    Optional<Command> command = Commands.named(name);
    if (command.isEmpty()) {
      return unknown(terminal, name, "");
    }
    return run(terminal, name, command.get(), Arrays.copyOfRange(args, 1, args.length));
  }

  private static ExitCode dispatch(Terminal terminal, CommandGroup group, String[] args) {
    String name = args.length == 1 ? "" : args[1];
    if (name.isEmpty()) {
      terminal.error("a command is missing; try 'calotype %s --help'".formatted(group.name()));
      return ExitCode.USAGE;
    }
    if (name.equals("--help") || name.equals("-h") || name.equals("help")) {
      group.overview().usage(terminal.out(), terminal.ansi());
      return ExitCode.DONE;
    }
    Optional<Command> command = group.named(name);
    if (command.isEmpty()) {
      return unknown(terminal, name, group.name() + " ");
    }
    String[] rest = Arrays.copyOfRange(args, 2, args.length);
    return run(terminal, group.name() + " " + name, command.get(), rest);
  }

  private static ExitCode unknown(Terminal terminal, String name, String group) {
    String what = name.startsWith("-") ? "option" : "command";
    terminal.error("unknown %s '%s'; try 'calotype %s--help'".formatted(what, name, group));
    return ExitCode.USAGE;
  }

  private static ExitCode run(Terminal terminal, String name, Command command, String[] args) {
    CommandLine model = Commands.model(name, command);
    ParseResult parsed;
    try {
      parsed = model.parseArgs(args);
    } catch (ParameterException e) {
      return wrongUsage(terminal, name, e);
    }
    if (parsed.isUsageHelpRequested()) {
      model.usage(terminal.out(), terminal.ansi());
      return ExitCode.DONE;
    }
    Invocation invocation = new Invocation(terminal, parsed);
    try {
      return command.run(invocation);
    } catch (ParameterException e) {
      return wrongUsage(terminal, name, e);
    } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return invocation.failed(e, name);
    }
  }

  private static ExitCode wrongUsage(Terminal terminal, String name, ParameterException e) {
    String message = e.getMessage();
    String text = message == null || message.isEmpty() ? "wrong usage" : message;
    terminal.error("%s: %s; try 'calotype %s --help'".formatted(name, Text.lowerFirst(text), name));
    return ExitCode.USAGE;
  }
}
