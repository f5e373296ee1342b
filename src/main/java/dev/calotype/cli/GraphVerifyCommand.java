package dev.calotype.cli;

import dev.calotype.graph.Graph;
import dev.calotype.graph.GraphDamage;
import dev.calotype.graph.Loss;
import dev.calotype.graph.RustcGraph;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code graph verify}: whether all of a graph is as it was written. */
final class GraphVerifyCommand implements Command {
  @Override
  public String summary() {
    return "Read dependency graphs to their ends and say what is damaged.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.files(
            "A graph, or a dep-graph.bin of rustc; @LIST for the files that LIST names."));
    spec.usageMessage()
        .footer(
            "  calotype graph verify foo.graph",
            "  calotype graph verify --json *.graph",
            "",
            "Exits with 2 if something is damaged, or was left behind by a torn commit. A graph of",
            "rustc's has no checksums: only what contradicts itself is found.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    return invocation.eachFile(
        file -> RustcGraph.isOne(file) ? ofRustc(invocation, file) : of(invocation, file));
  }

  private static ExitCode ofRustc(Invocation invocation, Path file) throws IOException {
    try (RustcGraph graph = RustcGraph.open(file);
        Progress progress =
            invocation.terminal().progress("verifying " + file.getFileName(), graph.bytes())) {
      graph.census(progress);
      return print(invocation, file, List.of(), Optional.empty());
    }
  }

  private static ExitCode of(Invocation invocation, Path file) throws IOException {
    try (Arena arena = Arena.ofShared();
        Graph graph = Graph.open(file, arena)) {
      List<GraphDamage> damages = graph.whileWhole(graph::verify);
      return print(invocation, file, damages, graph.loss());
    }
  }

  private static ExitCode print(
      Invocation invocation, Path file, List<GraphDamage> damages, Optional<Loss> loss) {
    boolean whole = damages.isEmpty() && loss.isEmpty();
    PrintWriter out = invocation.terminal().out();
    if (invocation.has("--json")) {
      JsonLines.print(
          out,
          json -> {
            json.writeStringField("file", file.toString());
            json.writeBooleanField("whole", whole);
            json.writeArrayFieldStart("damages");
            for (GraphDamage damage : damages) {
              json.writeStartObject();
              json.writeStringField("structure", damage.structure());
              json.writeNumberField("offset", damage.offset());
              json.writeStringField("text", damage.text());
              json.writeEndObject();
            }
            json.writeEndArray();
            GraphReport.loss(json, loss);
          });
    } else if (whole) {
      out.println(invocation.terminal().green("whole") + "    " + Text.escape(file.toString()));
    } else {
      out.println(invocation.terminal().red("damaged") + "  " + Text.escape(file.toString()));
      Table table = new Table(out, "  ", "Where", ">Offset", "What");
      for (GraphDamage damage : damages) {
        table.row(damage.structure(), Text.hex(damage.offset()), damage.text());
      }
      loss.ifPresent(
          of -> table.row("after the newest commit", Text.hex(of.offset()), of.bytes() + " bytes"));
      table.print();
    }
    return whole ? ExitCode.DONE : ExitCode.DAMAGED;
  }
}
