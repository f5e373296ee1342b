package dev.calotype.graph.rustc;

import java.io.IOException;
import java.nio.file.Path;

/** What is in a rustc graph, in the words of {@code count.c} and of the samples' oracles. */
final class Counts {
  private Counts() {}

  /** Walks a file. */
  static String of(Path file) throws IOException {
    return of(file, (_, _, _, _, _, _, _, _) -> {});
  }

  /** The same with a visitor. */
  static String of(Path file, NodeVisitor visitor) throws IOException {
    try (RustcGraphFile graph = RustcGraphFile.open(file)) {
      RustcCensus census = graph.walk(visitor, _ -> {});
      StringBuilder text = new StringBuilder(4096);
      line(text, "version", graph.version());
      line(text, "options", "%016x".formatted(graph.options()));
      line(text, "sessions", graph.sessions());
      line(text, "indices", graph.indices());
      line(text, "nodes", graph.nodes());
      line(text, "edges", graph.edges());
      line(text, "holes", graph.indices() - graph.nodes());
      line(text, "kinds", census.kinds());
      line(text, "maxDegree", census.maxDegree());
      line(text, "forwardEdges", census.forwardEdges());
      line(text, "bytes", graph.bytes());
      for (int kind = 0; kind < census.kinds(); kind++) {
        if (census.nodes(kind) > 0) {
          line(text, "kind " + kind, census.nodes(kind) + " " + census.edges(kind));
        }
      }
      return text.toString();
    }
  }

  private static void line(StringBuilder text, String name, Object value) {
    text.append(name).append(' ').append(value).append('\n');
  }
}
