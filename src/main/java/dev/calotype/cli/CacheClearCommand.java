package dev.calotype.cli;

import dev.calotype.cache.Maintenance;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** {@code cache clear}: removes all entries, or those of one compiler, or evidence. */
final class CacheClearCommand implements Command {
  @Override
  public String summary() {
    return "Remove all of a store's entries, a compiler's, or what is in quarantine.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        Commands.text("--compiler", "ID", "Only those of the compiler of this identity."));
    spec.addOption(
        Commands.flag("--quarantine", "What is in quarantine, instead of entries.").build());
    CacheOptions.declare(spec);
    spec.usageMessage()
        .footer(
            "  calotype cache clear",
            "  calotype cache clear --compiler 'cc 14.1'",
            "  calotype cache clear --quarantine",
            "",
            "Whoever has an entry open or mapped keeps it. The counters stay.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    if (invocation.has("--compiler") && invocation.has("--quarantine")) {
      throw invocation.wrong("--compiler does not go with --quarantine");
    }
    return CacheOptions.onStore(
        invocation,
        store -> {
          Maintenance maintenance = Maintenance.of(store);
          boolean isEvidence = invocation.has("--quarantine");
          long removed;
          if (isEvidence) {
            removed = maintenance.clearQuarantine();
          } else if (invocation.has("--compiler")) {
            removed = maintenance.clear(invocation.value("--compiler", ""));
          } else {
            removed = store.clear();
          }
          PrintWriter out = invocation.terminal().out();
          if (invocation.has("--json")) {
            JsonLines.print(
                out,
                json -> {
                  json.writeStringField("what", isEvidence ? "quarantine" : "entries");
                  json.writeNumberField("removed", removed);
                });
          } else {
            out.println(
                "removed %s %s"
                    .formatted(
                        Text.grouped(removed), isEvidence ? "entries in quarantine" : "entries"));
          }
          return ExitCode.DONE;
        });
  }
}
