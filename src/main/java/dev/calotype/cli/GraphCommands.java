package dev.calotype.cli;

import dev.calotype.cli.CommandGroup.Member;
import java.util.List;

/** The commands about dependency graphs. */
final class GraphCommands {
  private GraphCommands() {}

  /** The group {@code graph}. */
  static CommandGroup group() {
    return new CommandGroup(
        "graph",
        "Look at, check, compact and import graphs of what a compiler computed from what.",
        List.of(
            "  calotype graph import dep-graph.bin -o foo.graph",
            "  calotype graph info foo.graph",
            "  calotype graph why foo.graph 17403 12",
            "",
            "calotype graph COMMAND --help tells more of one command."),
        List.of(
            new Member("info", GraphInfoCommand::new),
            new Member("import", GraphImportCommand::new),
            new Member("verify", GraphVerifyCommand::new),
            new Member("why", GraphWhyCommand::new),
            new Member("dump", GraphDumpCommand::new),
            new Member("stats", GraphStatsCommand::new),
            new Member("compact", GraphCompactCommand::new)));
  }
}
