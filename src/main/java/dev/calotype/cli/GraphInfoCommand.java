package dev.calotype.cli;

import dev.calotype.graph.Graph;
import dev.calotype.graph.GraphCensus;
import dev.calotype.graph.RustcGraph;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;

/** {@code graph info}: what is in dependency graphs, ours and rustc's. */
final class GraphInfoCommand implements Command {
  @Override
  public String summary() {
    return "Count nodes, edges and kinds of dependency graphs.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.files(
            "A graph, or a dep-graph.bin of rustc; @LIST for the files that LIST names."));
    spec.usageMessage()
        .footer(
            "  calotype graph info foo.graph",
            "  calotype graph info target/debug/incremental/foo-*/s-*/dep-graph.bin",
            "",
            "Every node is counted. Of a graph, graph stats and graph verify tell more.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    return invocation.eachFile(file -> {
      GraphReport report =
          RustcGraph.isOne(file) ? ofRustc(invocation, file) : of(invocation, file);
      if (invocation.has("--json")) {
        report.json(invocation.terminal().out());
      } else {
        report.text(invocation.terminal());
      }
      return ExitCode.DONE;
    });
  }

  private static GraphReport ofRustc(Invocation invocation, Path file) throws IOException {
    try (RustcGraph graph = RustcGraph.open(file);
        Progress progress =
            invocation.terminal().progress("counting " + file.getFileName(), graph.bytes())) {
      return GraphReport.of(file.toString(), graph, graph.census(progress));
    }
  }

  private static GraphReport of(Invocation invocation, Path file) throws IOException {
    try (Arena arena = Arena.ofShared();
        Graph graph = GraphFiles.open(file, arena, invocation.terminal());
        Progress progress =
            invocation.terminal().progress("counting " + file.getFileName(), graph.nodes())) {
      return GraphReport.of(
          file.toString(), graph, GraphCensus.of(graph, n -> progress.steps(n, "nodes")));
    }
  }
}
