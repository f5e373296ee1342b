package dev.calotype.cli;

import dev.calotype.cache.Maintenance;
import dev.calotype.cache.Store;
import dev.calotype.cache.StoreInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code cache info}: what is in a store, and what was counted. */
final class CacheInfoCommand implements Command {
  @Override
  public String summary() {
    return "Count a store's entries, hits and misses, and print its settings.";
  }

  @Override
  public void declare(CommandSpec spec) {
    CacheOptions.declare(spec);
    spec.usageMessage()
        .footer(
            "  calotype cache info",
            "  calotype cache info --store build/store --json",
            "",
            "Exits with 1 if there is no store.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    return CacheOptions.onStore(
        invocation,
        store -> {
          StoreInfo info = Maintenance.of(store).info();
          if (invocation.has("--json")) {
            json(invocation.terminal().out(), store, info);
          } else {
            text(invocation.terminal(), store, info);
          }
          return ExitCode.DONE;
        });
  }

  private static void json(PrintWriter out, Store store, StoreInfo info) {
    JsonLines.print(
        out,
        json -> {
          json.writeStringField("store", info.folder().toString());
          json.writeNumberField("entries", info.entries());
          json.writeNumberField("bytes", info.bytes());
          json.writeArrayFieldStart("compilers");
          for (StoreInfo.Compiler compiler : info.compilers()) {
            json.writeStartObject();
            json.writeStringField("compiler", compiler.identity());
            json.writeStringField("id", compiler.id());
            json.writeNumberField("entries", compiler.entries());
            json.writeNumberField("bytes", compiler.bytes());
            json.writeStringField("used", compiler.used().toString());
            json.writeEndObject();
          }
          json.writeEndArray();
          json.writeNumberField("sessions", info.sessions());
          json.writeNumberField("quarantined", info.quarantined());
          if (info.cleaned().isPresent()) {
            json.writeStringField("cleaned", info.cleaned().get().toString());
          } else {
            json.writeNullField("cleaned");
          }
          json.writeObjectFieldStart("counters");
          for (Map.Entry<String, Long> counter : info.counters().entrySet()) {
            json.writeNumberField(counter.getKey(), counter.getValue());
          }
          json.writeEndObject();
          json.writeObjectFieldStart("settings");
          for (Map.Entry<String, String> setting : store.config().settings().entrySet()) {
            json.writeStringField(setting.getKey(), setting.getValue());
          }
          json.writeEndObject();
        });
  }

  private static void text(Terminal terminal, Store store, StoreInfo info) {
    PrintWriter out = terminal.out();
    terminal.heading(info.folder().toString());
    new Table(out, "  ", "", "")
        .row("entries", Text.grouped(info.entries()))
        .row("size", Text.exactSize(info.bytes()))
        .row("sessions", Text.grouped(info.sessions()))
        .row("quarantined", Text.grouped(info.quarantined()))
        .row("cleaned up", info.cleaned().map(at -> CacheReport.ago(at) + " ago").orElse("never"))
        .print();
    if (!info.compilers().isEmpty()) {
      out.println();
      Table compilers = new Table(out, "  ", "Compiler", ">Entries", ">Size", ">Used");
      for (StoreInfo.Compiler compiler : info.compilers()) {
        compilers.row(
            compiler.identity(),
            Text.grouped(compiler.entries()),
            Text.size(compiler.bytes()),
            CacheReport.ago(compiler.used()) + " ago");
      }
      compilers.print();
    }
    if (!info.counters().isEmpty()) {
      out.println();
      Table counters = new Table(out, "  ", "Counted", ">");
      info.counters().forEach((name, count) -> counters.row(name, Text.grouped(count)));
      counters.print();
    }
    out.println();
    Table settings = new Table(out, "  ", "Setting", "Value");
    store.config().settings().forEach(settings::row);
    settings.print();
  }
}
