package dev.calotype.cli;

import dev.calotype.cache.CleanupReport;
import dev.calotype.cache.Maintenance;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code cache gc}: cleans up now. */
final class CacheGcCommand implements Command {
  @Override
  public String summary() {
    return "Evict what the limits don't allow, remove leftovers, compress what is cold.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.flag("--dry-run", "Only say what would be evicted, and why.").build());
    CacheOptions.declare(spec);
    spec.usageMessage()
        .footer(
            "  calotype cache gc --dry-run",
            "  calotype cache gc --set size-limit='2 GiB' --set age-limit='30 d'",
            "",
            "Whoever has an evicted entry open or mapped keeps it. Exits with 1 if another process",
            "is cleaning up.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    return CacheOptions.onStore(
        invocation,
        store -> {
          boolean isDry = invocation.has("--dry-run");
          Maintenance maintenance = Maintenance.of(store);
          Optional<CleanupReport> report =
              isDry ? Optional.of(maintenance.plan()) : maintenance.clean();
          if (report.isEmpty()) {
            String name = store.config().folder().toString();
            return invocation.failed(
                Failure.of(name, "another process is cleaning up", ExitCode.STALE), name);
          }
          PrintWriter out = invocation.terminal().out();
          if (invocation.has("--json")) {
            json(out, report.get(), isDry);
          } else {
            text(out, report.get(), isDry);
          }
          return ExitCode.DONE;
        });
  }

  private static void json(PrintWriter out, CleanupReport report, boolean isDry) {
    JsonLines.print(
        out,
        json -> {
          json.writeBooleanField("dryRun", isDry);
          json.writeArrayFieldStart("evicted");
          for (CleanupReport.Evicted gone : report.evicted()) {
            json.writeStartObject();
            json.writeStringField("key", gone.key());
            json.writeNumberField("bytes", gone.bytes());
            json.writeStringField("used", gone.used().toString());
            json.writeStringField("reason", gone.reason().id());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeNumberField("entries", report.entries());
          json.writeNumberField("bytes", report.bytes());
          json.writeNumberField("entriesLeft", report.entriesLeft());
          json.writeNumberField("bytesLeft", report.bytesLeft());
          json.writeNumberField("remains", report.remains());
          json.writeNumberField("compressed", report.compressed());
          json.writeNumberField("inflated", report.inflated());
        });
  }

  private static void text(PrintWriter out, CleanupReport report, boolean isDry) {
    if (!report.evicted().isEmpty()) {
      Table table = new Table(out, "  ", "Key", ">Size", ">Used", "Reason");
      for (CleanupReport.Evicted gone : report.evicted()) {
        table.row(
            CacheReport.brief(gone.key()),
            Text.size(gone.bytes()),
            CacheReport.ago(gone.used()) + " ago",
            gone.reason().id());
      }
      table.print();
    }
    out.println(
        "%s %s of %s entries; %s of %s left"
            .formatted(
                isDry ? "would evict" : "evicted",
                Text.grouped(report.evicted().size()),
                Text.grouped(report.entries()),
                Text.size(report.bytesLeft()),
                Text.size(report.bytes())));
    if (!isDry) {
      out.println(
          "removed %s leftovers, compressed %s entries, inflated %s"
              .formatted(
                  Text.grouped(report.remains()),
                  Text.grouped(report.compressed()),
                  Text.grouped(report.inflated())));
    }
  }
}
