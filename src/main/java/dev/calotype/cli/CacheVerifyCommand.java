package dev.calotype.cli;

import dev.calotype.cache.EntryInfo;
import dev.calotype.cache.Inspection;
import dev.calotype.cache.Maintenance;
import dev.calotype.cache.Miss;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** {@code cache verify}: whether all of all entries is as it was published. */
final class CacheVerifyCommand implements Command {
  @Override
  public String summary() {
    return "Read all of a store's entries, and put what is damaged into quarantine.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.flag("--dry-run", "Leave everything where it is.").build());
    CacheOptions.declare(spec);
    spec.usageMessage()
        .footer(
            "  calotype cache verify",
            "  calotype cache verify --dry-run --json",
            "",
            "Nothing is deleted: calotype cache clear --quarantine does that. Exits with 2 if",
            "something is damaged, 3 if something may not be used.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    return CacheOptions.onStore(
        invocation,
        store -> {
          Maintenance maintenance = Maintenance.of(store);
          long total = maintenance.info().bytes();
          try (Progress progress = invocation.terminal().progress("verifying the store", total)) {
            Findings findings = new Findings(invocation, progress);
            maintenance.verify(!invocation.has("--dry-run"), findings);
            return findings.end();
          }
        });
  }

  /** Prints what is found, when it is found. */
  private static final class Findings implements Inspection {
    private final Terminal terminal;
    private final PrintWriter out;
    private final boolean isJson;
    private final Progress progress;
    private ExitCode worst = ExitCode.DONE;
    private long whole;
    private long bad;
    private long quarantined;

    Findings(Invocation invocation, Progress progress) {
      this.terminal = invocation.terminal();
      this.out = terminal.out();
      this.isJson = invocation.has("--json");
      this.progress = progress;
    }

    @Override
    public void whole(EntryInfo entry) {
      whole++;
    }

    @Override
    public void bad(Miss miss, boolean isQuarantined) {
      worst = worst.and(CacheReport.code(miss));
      if (isJson) {
        JsonLines.print(
            out,
            json -> {
              CacheReport.key(json, miss.key());
              CacheReport.miss(json, miss);
              json.writeBooleanField("quarantined", isQuarantined);
            });
      }
      report(miss.key().hex(), CacheReport.words(miss), isQuarantined);
    }

    @Override
    public void unknown(String key, String reason, boolean isQuarantined) {
      worst = worst.and(ExitCode.DAMAGED);
      if (isJson) {
        JsonLines.print(
            out,
            json -> {
              json.writeStringField("key", key);
              json.writeStringField("reason", "damaged");
              json.writeStringField("member", "manifest");
              json.writeStringField("text", reason);
              json.writeBooleanField("quarantined", isQuarantined);
            });
      }
      report(key, "manifest: " + reason, isQuarantined);
    }

    @Override
    public void progress(long bytes) {
      progress.accept(bytes);
    }

    private void report(String key, String words, boolean isQuarantined) {
      bad++;
      quarantined += isQuarantined ? 1 : 0;
      if (!isJson) {
        out.println(terminal.red("bad") + "  " + key);
        out.println("  " + Text.escape(words));
        if (isQuarantined) {
          out.println("  put into quarantine");
        }
      }
    }

    ExitCode end() throws IOException {
      if (isJson) {
        JsonLines.print(
            out,
            json -> {
              json.writeNumberField("whole", whole);
              json.writeNumberField("bad", bad);
              json.writeNumberField("quarantined", quarantined);
            });
      } else {
        out.println(
            "%s whole, %s bad, %s put into quarantine"
                .formatted(Text.grouped(whole), Text.grouped(bad), Text.grouped(quarantined)));
      }
      return worst;
    }
  }
}
