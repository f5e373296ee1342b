package dev.calotype.cli;

import dev.calotype.graph.Graph;
import dev.calotype.graph.GraphPath;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code graph why}: a path from a node to one it depends on. */
final class GraphWhyCommand implements Command {
  @Override
  public String summary() {
    return "Show how one node comes to depend on another.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.json());
    spec.addPositional(Commands.file(0, "GRAPH", "A graph."));
    spec.addPositional(
        NodeName.parameter(1, "A", "The node that depends: " + NodeName.FORMS + "."));
    spec.addPositional(NodeName.parameter(2, "B", "The node it depends on."));
    spec.usageMessage()
        .footer(
            "  calotype graph why foo.graph 17403 12",
            "  calotype graph why foo.graph 17403 26:d6eee854ee2748ec5f3c18a2ccabdc9d",
            "",
            "The path is a shortest one. Exits with 1 if A does not depend on B, or is not there.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path file = invocation.path(0);
    try (Arena arena = Arena.ofShared();
        Graph graph = GraphFiles.open(file, arena, invocation.terminal());
        Progress progress =
            invocation.terminal().progress("searching " + file.getFileName(), graph.nodes())) {
      OptionalLong from = NodeName.find(graph, invocation.text(1), invocation);
      OptionalLong to = NodeName.find(graph, invocation.text(2), invocation);
      if (from.isEmpty() || to.isEmpty()) {
        String missing = invocation.text(from.isEmpty() ? 1 : 2);
        return invocation.failed(
            Failure.of(file.toString(), "has no node " + missing, ExitCode.STALE), file.toString());
      }
      long[] path =
          GraphPath.find(graph, from.getAsLong(), to.getAsLong(), n -> progress.steps(n, "nodes"));
      print(invocation, graph, from.getAsLong(), to.getAsLong(), path);
      return path.length == 0 ? ExitCode.STALE : ExitCode.DONE;
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      return invocation.failed(e, file.toString());
    }
  }

  private static void print(Invocation invocation, Graph graph, long from, long to, long[] path) {
    PrintWriter out = invocation.terminal().out();
    if (invocation.has("--json")) {
      JsonLines.print(
          out,
          json -> {
            json.writeStringField("file", invocation.path(0).toString());
            json.writeNumberField("from", from);
            json.writeNumberField("to", to);
            json.writeArrayFieldStart("path");
            for (long node : path) {
              json.writeStartObject();
              NodeName.fields(json, node, graph.kind(node), graph.key(node));
              json.writeEndObject();
            }
            json.writeEndArray();
          });
      return;
    }
    if (path.length == 0) {
      invocation
          .terminal()
          .error("%s: node %d does not depend on node %d".formatted(graph.path(), from, to));
      return;
    }
    Table table = new Table(out, "", "", ">Node", ">Kind", "Key");
    for (int i = 0; i < path.length; i++) {
      table.row(
          i == 0 ? "" : "needs",
          Long.toString(path[i]),
          Integer.toString(graph.kind(path[i])),
          graph.key(path[i]).toString());
    }
    table.print();
  }
}
