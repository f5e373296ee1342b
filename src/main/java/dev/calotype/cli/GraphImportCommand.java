package dev.calotype.cli;

import dev.calotype.Durability;
import dev.calotype.graph.GraphCensus;
import dev.calotype.graph.RustcGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code graph import}: a graph of ours from one of rustc's. */
final class GraphImportCommand implements Command {
  @Override
  public String summary() {
    return "Make a graph of the dep-graph.bin that rustc 1.95 wrote.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.output("GRAPH", "Where the graph goes."));
    spec.addOption(Commands.force());
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(Commands.file(0, "FILE", "A dep-graph.bin of rustc. It is only read."));
    spec.usageMessage()
        .footer(
            "  calotype graph import dep-graph.bin -o foo.graph",
            "",
            "Nodes keep their indices. docs/rustc-graph.md says what is checked.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path file = invocation.path(0);
    try {
      return Interruption.guard(() -> convert(invocation, file));
    } catch (IOException | RuntimeException e) {
      return Outputs.failed(invocation, e, file);
    }
  }

  private static ExitCode convert(Invocation invocation, Path file) throws IOException {
    Path target = invocation.value("--output", Path.of(""));
    Outputs.requireOther(file, target);
    Durability durability = invocation.has("--fast") ? Durability.FAST : Durability.DURABLE;
    try (RustcGraph graph = RustcGraph.open(file);
        Progress progress =
            invocation.terminal().progress("importing " + file.getFileName(), graph.bytes())) {
      GraphCensus census =
          graph.importInto(target, invocation.has("--force"), durability, progress);
      long size = Files.size(target);
      if (invocation.has("--json")) {
        JsonLines.print(
            invocation.terminal().out(),
            json -> {
              json.writeStringField("file", target.toString());
              json.writeStringField("source", file.toString());
              json.writeNumberField("nodes", census.nodes());
              json.writeNumberField("edges", census.edges());
              json.writeNumberField("bytes", size);
              json.writeNumberField("sourceBytes", graph.bytes());
            });
      } else {
        invocation
            .terminal()
            .out()
            .println(
                "%s: %s nodes, %s edges, %s from %s"
                    .formatted(
                        invocation.terminal().bold(Text.escape(target.toString())),
                        Text.grouped(census.nodes()),
                        Text.grouped(census.edges()),
                        Text.size(size),
                        Text.size(graph.bytes())));
      }
      return ExitCode.DONE;
    }
  }
}
