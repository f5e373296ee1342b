package dev.calotype.cli;

import dev.calotype.RefusedException;
import dev.calotype.graph.Graph;
import dev.calotype.graph.RustcGraph;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/** How the commands open graphs of ours. */
final class GraphFiles {
  private GraphFiles() {}

  /**
   * Opens one, and says on standard error if a commit to it was torn.
   *
   * @throws RefusedException if it is one of rustc's
   */
  static Graph open(Path file, Arena arena, Terminal terminal) throws IOException {
    if (RustcGraph.isOne(file)) {
      throw new RefusedException(
          file.toString(), "it is rustc's own file; make a graph of it with 'graph import' first");
    }
    Graph graph = Graph.open(file, arena);
    graph.loss().ifPresent(loss -> terminal.error("%s: warning: %s".formatted(file, loss)));
    return graph;
  }
}
