package dev.calotype.cli;

import dev.calotype.cache.EntryInfo;
import dev.calotype.cache.Maintenance;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** {@code cache list}: the entries of a store. */
final class CacheListCommand implements Command {
  @Override
  public String summary() {
    return "List a store's entries.";
  }

  @Override
  public void declare(CommandSpec spec) {
    CacheOptions.declare(spec);
    spec.addOption(
        Commands.text("--compiler", "ID", "Only those of the compiler of this identity."));
    spec.usageMessage()
        .footer(
            "  calotype cache list",
            "  calotype cache list --compiler 'cc 14.2' --json",
            "",
            "By compilers and keys. Exits with 1 if there is no store.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    String compiler = invocation.value("--compiler", "");
    PrintWriter out = invocation.terminal().out();
    return CacheOptions.onStore(
        invocation,
        store -> {
          if (invocation.has("--json")) {
            Maintenance.of(store)
                .entries(entry -> {
                  if (isOf(entry, compiler)) {
                    JsonLines.print(out, json -> CacheReport.entry(json, entry));
                  }
                });
            return ExitCode.DONE;
          }
          Table table =
              new Table(out, "", "Key", ">Size", ">Used", ">Uses", "Compiler", "Files", "Fields");
          Maintenance.of(store)
              .entries(entry -> {
                if (isOf(entry, compiler)) {
                  row(table, entry);
                }
              });
          table.print();
          return ExitCode.DONE;
        });
  }

  private static boolean isOf(EntryInfo entry, String compiler) {
    return compiler.isEmpty() || entry.key().fields().compiler().equals(compiler);
  }

  private static void row(Table table, EntryInfo entry) {
    table.row(
        CacheReport.brief(entry.key().hex()),
        Text.size(entry.bytes()),
        CacheReport.ago(entry.used()) + " ago",
        Text.grouped(entry.uses()),
        entry.key().fields().compiler(),
        entry.files().stream().map(EntryInfo.File::name).collect(Collectors.joining(" ")),
        CacheReport.fields(entry.key()));
  }
}
