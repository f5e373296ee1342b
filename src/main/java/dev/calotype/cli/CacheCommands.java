package dev.calotype.cli;

import dev.calotype.cli.CommandGroup.Member;
import java.util.List;

/** The commands about stores. */
final class CacheCommands {
  private CacheCommands() {}

  /** The group {@code cache}. */
  static CommandGroup group() {
    return new CommandGroup(
        "cache",
        "Look into a store, check it, clean it up, and say why it had no answer.",
        List.of(
            "  calotype cache info",
            "  calotype cache put --compiler 'cc 14.2' --field O=3 foo.ji foo.so",
            "  calotype cache get --compiler 'cc 14.2' --field O=3 -o out",
            "  calotype cache explain --compiler 'cc 14.2' --field O=2",
            "  calotype cache gc --dry-run --set size-limit='2 GiB'",
            "",
            "calotype cache COMMAND --help tells more of one command."),
        List.of(
            new Member("info", CacheInfoCommand::new),
            new Member("list", CacheListCommand::new),
            new Member("get", CacheGetCommand::new),
            new Member("put", CachePutCommand::new),
            new Member("verify", CacheVerifyCommand::new),
            new Member("gc", CacheGcCommand::new),
            new Member("explain", CacheExplainCommand::new),
            new Member("clear", CacheClearCommand::new)));
  }
}
