/**
 * The dependency graph: what a program computed, and from what, so that next time only what changed
 * is computed again.
 *
 * <p>A <em>session</em> records. A node has a kind, the fingerprint of its key, the fingerprint of
 * its value, and edges to the nodes that were asked for on the way. Any number of threads may
 * record; a thread of the session's own writes what they did while they go on:
 *
 * <pre>{@code
 * try (Session session = Session.open(Path.of("build.graph"), SessionOptions.standard())) {
 *   long source = session.node(FILE, path.high(), path.low(), hash.high(), hash.low(), none, 0);
 *   long parsed = session.node(PARSE, path.high(), path.low(), tree.high(), tree.low(),
 *       new long[] {source}, 1);
 *   session.complete();                     // or commit(), if only a part was needed
 * }
 * }</pre>
 *
 * <p>The next session has the <em>graph before</em>. Inputs are recorded again, and get a colour:
 * green if their value is the same, red if not. Whatever depends on them is asked for with {@code
 * tryMarkGreen}, which computes only what has something red below it, and writes nothing for what
 * is green:
 *
 * <pre>{@code
 * Graph before = session.previous().orElseThrow();
 * long node = before.find(PARSE, path.high(), path.low());
 * if (node == Graph.NONE || !session.tryMarkGreen(node, this::computeAgain)) {
 *   compute(path);                          // which records the node with its new value
 * }
 * }</pre>
 *
 * <p>A <em>graph</em> is opened by mapping it. Nothing is decoded, whatever its size, and what it
 * says never changes, whoever commits meanwhile:
 *
 * <pre>{@code
 * try (Arena arena = Arena.ofConfined();
 *     Graph graph = Graph.open(Path.of("build.graph"), arena)) {
 *   for (NodeCursor cursor = graph.cursor(PARSE); cursor.next(); ) {
 *     System.out.println(graph.key(cursor.node()) + " " + cursor.edgeCount());
 *   }
 * }
 * }</pre>
 *
 * <p>Sessions leave garbage behind: nodes that were recorded again, and nodes that nobody has
 * wanted for some complete sessions. A {@link dev.calotype.graph.Compaction} writes the graph anew
 * without them, in the background, when {@code isDue} says that it pays. It numbers the nodes anew,
 * so an index means something only together with the file it came from.
 *
 * <p>One session or compaction has a graph at a time, in whatever process; the others are told.
 * Readers need no leave. The bytes are described in {@code docs/graph-format.md}.
 */
@NullMarked
package dev.calotype.graph;

import org.jspecify.annotations.NullMarked;
