package dev.calotype.cli;

import dev.calotype.graph.Graph;
import dev.calotype.graph.GraphStatistics;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code graph stats}: what the bytes of a graph are for. */
final class GraphStatsCommand implements Command {
  @Override
  public String summary() {
    return "Show what the bytes of graphs are for, column by column.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.json());
    spec.addPositional(Commands.files("A graph; @LIST for the files that LIST names."));
    spec.usageMessage().footer("  calotype graph stats foo.graph");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    return invocation.eachFile(file -> {
      try (Arena arena = Arena.ofShared();
          Graph graph = GraphFiles.open(file, arena, invocation.terminal())) {
        GraphStatistics statistics = graph.whileWhole(graph::statistics);
        print(invocation, file, graph, statistics);
        return ExitCode.DONE;
      }
    });
  }

  private static void print(
      Invocation invocation, Path file, Graph graph, GraphStatistics statistics) {
    Map<String, Long> columns = columns(statistics);
    PrintWriter out = invocation.terminal().out();
    if (invocation.has("--json")) {
      JsonLines.print(
          out,
          json -> {
            json.writeStringField("file", file.toString());
            json.writeNumberField("bytes", graph.bytes());
            json.writeNumberField("nodes", graph.nodes());
            json.writeObjectFieldStart("columns");
            for (Map.Entry<String, Long> column : columns.entrySet()) {
              json.writeNumberField(column.getKey(), column.getValue());
            }
            json.writeEndObject();
            json.writeNumberField("deadBytes", statistics.dead());
            json.writeNumberField("blocks", statistics.blocks());
            json.writeNumberField("coveredBlocks", statistics.covered());
          });
      return;
    }
    invocation.terminal().heading("%s: %s".formatted(file, Text.exactSize(graph.bytes())));
    out.println();
    Table table = new Table(out, "  ", "Column", ">Size", ">Share", ">Bytes a node");
    columns.forEach((name, bytes) ->
        table.row(
            name,
            Text.size(bytes),
            Text.percent(bytes, graph.bytes()),
            perNode(bytes, graph.nodes())));
    table.row("all", Text.size(graph.bytes()), "100.0 %", perNode(graph.bytes(), graph.nodes()));
    table.print();
    out.println();
    out.println(
        "  %s blocks, %s of them on others; %s dead"
            .formatted(
                Text.grouped(statistics.blocks()),
                Text.grouped(statistics.covered()),
                Text.size(statistics.dead())));
  }

  private static Map<String, Long> columns(GraphStatistics statistics) {
    Map<String, Long> columns = new LinkedHashMap<>();
    columns.put("cells", statistics.cells());
    columns.put("keys", statistics.keys());
    columns.put("values", statistics.values());
    columns.put("kinds", statistics.kinds());
    columns.put("edges", statistics.edges());
    columns.put("headers", statistics.headers());
    columns.put("directory", statistics.directory());
    columns.put("index", statistics.index());
    return columns;
  }

  private static String perNode(long bytes, long nodes) {
    long hundredths = nodes == 0 ? 0 : Math.round(bytes * 100.0 / nodes);
    return "%d.%02d".formatted(hundredths / 100, hundredths % 100);
  }
}
