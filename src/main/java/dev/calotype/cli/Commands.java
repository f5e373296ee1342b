package dev.calotype.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands by name, and their picocli models. */
final class Commands {
  /** Those that help lists, in its order. */
  private static final List<String> NAMES =
      List.of(
          "inspect", "find", "split", "join", "check", "embed", "wrap", "unwrap", "note", "link",
          "seal", "load", "codes", "graph", "cache", "bench", "demo");

  private Commands() {}

  /** A command, or empty if there is none of that name. */
  static Optional<Command> named(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "inspect" -> new InspectCommand();
          case "find" -> new FindCommand();
          case "split" -> new SplitCommand();
          case "join" -> new JoinCommand();
          case "check" -> new CheckCommand();
          case "embed" -> new EmbedCommand();
          case "note" -> new NoteCommand();
          case "link" -> new LinkCommand();
          case "seal" -> new SealCommand();
          case "codes" -> new CodesCommand();
          case "load" -> new LoadCommand();
          case "wrap" -> new WrapCommand();
          case "unwrap" -> new UnwrapCommand();
          case "bench" -> new BenchCommand();
          case "demo" -> new DemoCommand();
          case "train" -> new TrainCommand();
          default -> null;
        });
  }

  /** The commands of two words whose first is {@code name}, or empty if there are none. */
  static Optional<CommandGroup> group(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "graph" -> GraphCommands.group();
          case "cache" -> CacheCommands.group();
          default -> null;
        });
  }

  /** The model of one command. */
  static CommandLine model(String name, Command command) {
    CommandSpec spec = CommandSpec.create().name("calotype " + name);
    spec.usageMessage()
        .description(command.summary())
        .synopsisHeading("Usage: ")
        .descriptionHeading("%n")
        .parameterListHeading("%n")
        .optionListHeading("%nOptions:%n")
        .footerHeading("%nExamples:%n")
        .abbreviateSynopsis(false)
        .sortOptions(false)
        .width(100);
    command.declare(spec);
    spec.addOption(
        flag("--verbose", "Print a stack trace with an error, for a report of a bug.").build());
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Print this help and exit.")
            .build());
    // An argument that starts with @ is a file's name here, not a file of arguments.
    CommandLine model = new CommandLine(spec).setExpandAtFiles(false);
    // Picocli's own converter works by reflection, which costs milliseconds at first use.
    return model.registerConverter(Path.class, Path::of);
  }

  /** The model of the whole program, for its help. */
  static CommandLine overview() {
    CommandSpec spec = CommandSpec.create().name("calotype");
    spec.usageMessage()
        .description(
            "Reads native images without loading them, splits data from code, and says",
            "whether a file may be used.")
        .customSynopsis("calotype COMMAND [OPTIONS] FILE...")
        .synopsisHeading("Usage: ")
        .descriptionHeading("%n")
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n")
        .footerHeading("%nExamples:%n")
        .footer(
            "  calotype demo",
            "  calotype split libfoo.so -o out",
            "  calotype check out/libfoo.so.ji --code out/libfoo.so.code",
            "  calotype join out/libfoo.so.ji out/libfoo.so.code -o again.so",
            "",
            "calotype COMMAND --help tells more of one command.",
            "",
            "Exit codes: 0 done or fresh, 1 stale or absent, 2 damaged, 3 foreign or refused,",
            "64 wrong usage, 74 I/O error; of several files the worst counts (74, 2, 3, 1, 0).")
        .width(100);
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Print this help and exit.")
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print the version and exit.")
            .build());
    for (String name : NAMES) {
      CommandSpec command = CommandSpec.create().name(name);
      String summary =
          group(name)
              .map(CommandGroup::summary)
              .orElseGet(() -> named(name).orElseThrow().summary());
      command.usageMessage().description(summary);
      spec.addSubcommand(name, command);
    }
    return new CommandLine(spec);
  }

  /** An option without a value. */
  static OptionSpec.Builder flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).arity("0").description(description);
  }

  /** The option {@code --json}. */
  static OptionSpec json() {
    return flag("--json", "Print JSON Lines: one object for each file.").build();
  }

  /** The option {@code --force}. */
  static OptionSpec force() {
    return flag("--force", "Replace files that are already there.").build();
  }

  /** The option {@code --fast}. */
  static OptionSpec fast() {
    return flag("--fast", "Return before the files are safe from a power cut.").build();
  }

  /** An option with a text. */
  static OptionSpec text(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(String.class)
        .description(description)
        .build();
  }

  /** An option with a number. */
  static OptionSpec number(String name, String label, String description) {
    return OptionSpec.builder(name)
        .paramLabel(label)
        .type(int.class)
        .description(description)
        .build();
  }

  /** The required option {@code -o}. */
  static OptionSpec output(String label, String description) {
    return OptionSpec.builder("-o", "--output")
        .paramLabel(label)
        .required(true)
        .type(Path.class)
        .description(description)
        .build();
  }

  /** The required file at {@code index}. */
  static PositionalParamSpec file(int index, String label, String description) {
    return PositionalParamSpec.builder()
        .required(true)
        .paramLabel(label)
        .arity("1")
        .index(Integer.toString(index))
        .type(Path.class)
        .description(description)
        .build();
  }

  /** One or more files. */
  static PositionalParamSpec files(String description) {
    return PositionalParamSpec.builder()
        .required(true)
        .paramLabel("FILE")
        .arity("1..*")
        .type(List.class)
        .auxiliaryTypes(Path.class)
        .description(description)
        .build();
  }
}
