package dev.calotype.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Commands of two words that share the first.
 *
 * @param name the word they share
 * @param summary what they are about, in one line of the list of commands
 * @param examples the end of their help
 * @param members the commands, in the order in which help lists them
 */
record CommandGroup(String name, String summary, List<String> examples, List<Member> members) {

  /**
   * One of them.
   *
   * @param name the second word
   * @param command makes it
   */
  record Member(String name, Supplier<Command> command) {}

  /** The command with that second word, or empty if there is none. */
  Optional<Command> named(String second) {
    return members.stream()
        .filter(member -> member.name().equals(second))
        .findFirst()
        .map(member -> member.command().get());
  }

  /** The model of the group, for its help. */
  CommandLine overview() {
    CommandSpec spec = CommandSpec.create().name("calotype " + name);
    spec.usageMessage()
        .description(summary)
        .customSynopsis("calotype %s COMMAND [OPTIONS] FILE...".formatted(name))
        .synopsisHeading("Usage: ")
        .descriptionHeading("%n")
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n")
        .footerHeading("%nExamples:%n")
        .footer(examples.toArray(String[]::new))
        .width(100);
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Print this help and exit.")
            .build());
    for (Member member : members) {
      CommandSpec command = CommandSpec.create().name(member.name());
      command.usageMessage().description(member.command().get().summary());
      spec.addSubcommand(member.name(), command);
    }
    return new CommandLine(spec);
  }
}
