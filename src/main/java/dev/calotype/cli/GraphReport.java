package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.graph.Graph;
import dev.calotype.graph.GraphCensus;
import dev.calotype.graph.GraphCensus.KindCount;
import dev.calotype.graph.Loss;
import dev.calotype.graph.RustcGraph;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code graph info} and {@code graph import} say of a graph.
 *
 * @param file the file as it was named
 * @param bytes its size
 * @param sessions how many sessions have gone into it
 * @param census what was counted
 * @param names of kinds, where they are known
 * @param rustc what only a graph of rustc's has
 * @param own what only a graph of ours has
 */
record GraphReport(
    String file,
    long bytes,
    long sessions,
    GraphCensus census,
    Map<Integer, String> names,
    Optional<Rustc> rustc,
    Optional<Own> own) {

  /**
   * What only a graph of rustc's has.
   *
   * @param version the compiler's version
   * @param options the digest of its options
   */
  record Rustc(String version, long options) {}

  /**
   * What only a graph of ours has.
   *
   * @param deadBytes bytes that nothing leads to
   * @param loss what lies behind the newest commit
   */
  record Own(long deadBytes, Optional<Loss> loss) {}

  static GraphReport of(String file, RustcGraph graph, GraphCensus census) {
    Map<Integer, String> names = new HashMap<>();
    for (KindCount kind : census.kinds()) {
      graph.kindName(kind.kind()).ifPresent(name -> names.put(kind.kind(), name));
    }
    return new GraphReport(
        file,
        graph.bytes(),
        graph.sessions(),
        census,
        names,
        Optional.of(new Rustc(graph.version(), graph.options())),
        Optional.empty());
  }

  static GraphReport of(String file, Graph graph, GraphCensus census) {
    return new GraphReport(
        file,
        graph.bytes(),
        graph.sessions(),
        census,
        Map.of(),
        Optional.empty(),
        Optional.of(new Own(graph.deadBytes(), graph.loss())));
  }

  void json(PrintWriter out) {
    JsonLines.print(out, this::fields);
  }

  /** Writes the fields into an object that has been started. */
  void fields(JsonGenerator json) throws IOException {
    json.writeStringField("file", file);
    json.writeStringField("format", rustc.isPresent() ? "rustc" : "calotype");
    json.writeNumberField("nodes", census.nodes());
    json.writeNumberField("edges", census.edges());
    json.writeArrayFieldStart("kinds");
    for (KindCount kind : census.kinds()) {
      json.writeStartObject();
      json.writeNumberField("kind", kind.kind());
      json.writeStringField("name", names.get(kind.kind()));
      json.writeNumberField("nodes", kind.nodes());
      json.writeNumberField("edges", kind.edges());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeNumberField("maxDegree", census.maxDegree());
    json.writeNumberField("forwardEdges", census.forwardEdges());
    json.writeNumberField("holes", census.holes());
    JsonLines.unsigned(json, "sessions", sessions);
    json.writeNumberField("bytes", bytes);
    if (rustc.isPresent()) {
      json.writeObjectFieldStart("rustc");
      json.writeStringField("version", rustc.get().version());
      json.writeStringField("options", "%016x".formatted(rustc.get().options()));
      json.writeEndObject();
    }
    if (own.isPresent()) {
      json.writeNumberField("deadBytes", own.get().deadBytes());
      GraphReport.loss(json, own.get().loss());
    }
  }

  /** Writes what a torn commit left behind. */
  static void loss(JsonGenerator json, Optional<Loss> loss) throws IOException {
    if (loss.isEmpty()) {
      json.writeNullField("lost");
      return;
    }
    json.writeObjectFieldStart("lost");
    json.writeNumberField("offset", loss.get().offset());
    json.writeNumberField("bytes", loss.get().bytes());
    json.writeEndObject();
  }

  void text(Terminal terminal) {
    String what =
        rustc.map(of -> "dependency graph of rustc " + of.version()).orElse("dependency graph");
    terminal.heading("%s: %s, %s".formatted(file, what, Text.size(bytes)));
    PrintWriter out = terminal.out();
    out.println();
    Table facts = new Table(out, "  ", "", ">");
    facts.row("nodes", Text.grouped(census.nodes()));
    facts.row("edges", Text.grouped(census.edges()));
    facts.row("most edges of a node", Text.grouped(census.maxDegree()));
    facts.row("edges to a higher index", Text.grouped(census.forwardEdges()));
    facts.row("holes", Text.grouped(census.holes()));
    facts.row("sessions", Text.grouped(sessions));
    facts.row("bytes", Text.grouped(bytes));
    own.ifPresent(of -> facts.row("dead bytes", Text.grouped(of.deadBytes())));
    facts.print();
    if (!census.kinds().isEmpty()) {
      out.println();
      kinds(out);
    }
  }

  private void kinds(PrintWriter out) {
    boolean named = !names.isEmpty();
    Table table =
        named
            ? new Table(out, "  ", ">Kind", "Name", ">Nodes", ">Share", ">Edges")
            : new Table(out, "  ", ">Kind", ">Nodes", ">Share", ">Edges");
    List<KindCount> sorted =
        census.kinds().stream()
            .sorted(Comparator.comparingLong(KindCount::nodes).reversed())
            .toList();
    for (KindCount kind : sorted) {
      String number = Integer.toString(kind.kind());
      String nodes = Text.grouped(kind.nodes());
      String share = Text.percent(kind.nodes(), census.nodes());
      String edges = Text.grouped(kind.edges());
      if (named) {
        table.row(number, names.getOrDefault(kind.kind(), "?"), nodes, share, edges);
      } else {
        table.row(number, nodes, share, edges);
      }
    }
    table.print();
  }
}
