package dev.calotype.cli;

import dev.calotype.graph.Fingerprint;
import dev.calotype.graph.Graph;
import dev.calotype.graph.NodeCursor;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.OptionalLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** {@code graph dump}: nodes with their edges, as text, JSON or for Graphviz. */
final class GraphDumpCommand implements Command {
  private static final int DEPTH = 1;
  private static final int MOST = 500;

  @Override
  public String summary() {
    return "Print nodes and edges, all or around one node; as text, JSON or for Graphviz.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        Commands.text(
            "--node", "NODE", "Only this node and those around it: " + NodeName.FORMS + "."));
    spec.addOption(
        Commands.number("--depth", "N", "With --node, how many edges away, 1 by default."));
    spec.addOption(Commands.flag("--dependents", "With --node, also what depends on it.").build());
    spec.addOption(
        Commands.number("--most", "N", "With --node, how many nodes at most, 500 by default."));
    spec.addOption(Commands.number("--kind", "N", "Only nodes of this kind."));
    spec.addOption(Commands.flag("--dot", "With --node, print a graph for Graphviz.").build());
    spec.addOption(Commands.flag("--json", "Print JSON Lines: one object for each node.").build());
    spec.addPositional(Commands.file(0, "GRAPH", "A graph."));
    spec.usageMessage()
        .footer(
            "  calotype graph dump foo.graph",
            "  calotype graph dump foo.graph --kind 26 --json",
            "  calotype graph dump foo.graph --node 17403 --depth 2 --dot | dot -Tsvg > why.svg",
            "",
            "A line has index, kind, key and value, a colon, and the nodes it depends on.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path file = invocation.path(0);
    for (String option : new String[] {"--depth", "--dependents", "--most", "--dot"}) {
      if (invocation.has(option) && !invocation.has("--node")) {
        throw invocation.wrong(option + " needs --node");
      }
    }
    if (invocation.has("--node") && invocation.has("--kind")) {
      throw invocation.wrong("either --node or --kind");
    }
    if (invocation.has("--dot") && invocation.has("--json")) {
      throw invocation.wrong("either --dot or --json");
    }
    try (Arena arena = Arena.ofShared();
        Graph graph = GraphFiles.open(file, arena, invocation.terminal())) {
      return invocation.has("--node") ? around(invocation, graph) : all(invocation, graph);
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      return invocation.failed(e, file.toString());
    }
  }

  private static ExitCode around(Invocation invocation, Graph graph) throws IOException {
    String name = invocation.value("--node", "");
    OptionalLong node = NodeName.find(graph, name, invocation);
    if (node.isEmpty()) {
      String file = graph.path().toString();
      return invocation.failed(Failure.of(file, "has no node " + name, ExitCode.STALE), file);
    }
    Neighbourhood around =
        new Neighbourhood(
            graph, invocation.value("--depth", DEPTH), invocation.value("--most", MOST));
    return graph.<ExitCode>whileWhole(() -> {
      around.gather(node.getAsLong(), invocation.has("--dependents"));
      PrintWriter out = invocation.terminal().out();
      if (invocation.has("--dot")) {
        around.printDot(out);
      } else {
        for (long one : around.nodes()) {
          print(
              invocation,
              one,
              graph.kind(one),
              graph.key(one),
              graph.value(one),
              around.edges(one));
        }
      }
      if (around.isCut()) {
        invocation
            .terminal()
            .error(
                "%s: only the first %d nodes; --most takes more"
                    .formatted(graph.path(), around.nodes().size()));
      }
      return ExitCode.DONE;
    });
  }

  private static ExitCode all(Invocation invocation, Graph graph) throws IOException {
    return graph.<ExitCode>whileWhole(() -> {
      NodeCursor cursor =
          invocation.has("--kind") ? graph.cursor(invocation.value("--kind", 0)) : graph.cursor();
      while (cursor.next() && !gone(invocation, cursor.node())) {
        long[] edges = new long[cursor.edgeCount()];
        cursor.edges(edges);
        print(
            invocation,
            cursor.node(),
            cursor.kind(),
            new Fingerprint(cursor.keyHigh(), cursor.keyLow()),
            new Fingerprint(cursor.valueHigh(), cursor.valueLow()),
            edges);
      }
      return ExitCode.DONE;
    });
  }

  /** Whether nobody reads any more; asked now and then, as it flushes. */
  private static boolean gone(Invocation invocation, long node) {
    return (node & 0xfff) == 0 && invocation.terminal().isGone();
  }

  private static void print(
      Invocation invocation,
      long node,
      int kind,
      Fingerprint key,
      Fingerprint value,
      long[] edges) {
    PrintWriter out = invocation.terminal().out();
    if (invocation.has("--json")) {
      JsonLines.print(
          out,
          json -> {
            NodeName.fields(json, node, kind, key);
            json.writeStringField("value", value.toString());
            json.writeArrayFieldStart("edges");
            for (long edge : edges) {
              json.writeNumber(edge);
            }
            json.writeEndArray();
          });
      return;
    }
    StringBuilder line = new StringBuilder(128);
    line.append(node).append(' ').append(kind).append(' ').append(key).append(' ').append(value);
    line.append(':');
    for (long edge : edges) {
      line.append(' ').append(edge);
    }
    out.println(line);
  }
}
