package dev.calotype.graph;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs in a JVM whose whole heap is what the documentation says a writer takes. */
class SmallHeapGraphTest {
  @TempDir Path folder;

  @Test
  void recordingOpeningAndCompactingTakeNoMoreHeapThanTheySay() throws IOException {
    int nodes = Tools.count(300_000, 3_000_000);
    Path path = folder.resolve("deps.graph");
    Run run =
        Run.java(List.of("-Xmx64m"), Child.class, path.toString(), Integer.toString(nodes))
            .succeeded();
    // The last session changes every hundredth node.
    assertThat(run.out()).isEqualTo("%d %d\n".formatted(nodes, nodes / 100));
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.nodes()).isEqualTo(nodes);
      assertThat(graph.holes()).isZero();
      assertThat(graph.edges()).isEqualTo(8L * nodes);
    }
    assertThat(Files.size(path) / nodes).isLessThan(100);
  }

  /** Records with two threads, changes, compacts and reads. */
  static final class Child {
    private static final int THREADS = 2;
    private static final int EDGES = 8;
    private static final SessionOptions FAST =
        SessionOptions.standard().withDurability(Durability.FAST);

    private Child() {}

    public static void main(String[] arguments) throws Exception {
      Path path = Path.of(arguments[0]);
      int nodes = Integer.parseInt(arguments[1]);
      MemorySegment indices = Arena.global().allocate(8L * nodes, 8);
      try (Session session = Session.open(path, FAST)) {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
          int first = t;
          threads.add(
              Thread.ofPlatform().start(() -> record(session, first, THREADS, nodes, indices)));
        }
        for (Thread thread : threads) {
          thread.join();
        }
        session.complete();
      }
      try (Session session = Session.open(path, FAST)) {
        record(session, 0, 100, nodes, indices);
        session.complete();
      }
      try (Compaction compaction =
          Compaction.start(path, CompactionOptions.standard().withDurability(Durability.FAST))) {
        compaction.await();
      }
      System.out.println(count(path));
    }

    private static void record(
        Session session, int first, int step, int nodes, MemorySegment indices) {
      long[] edges = new long[EDGES];
      boolean again = session.previous().isPresent();
      for (int i = first; i < nodes; i += step) {
        for (int e = 0; e < EDGES; e++) {
          // Of those this thread has recorded: the other's may not be there yet.
          long earlier = (long) (i / step) * e / EDGES * step + first;
          edges[e] = indices.getAtIndex(JAVA_LONG, earlier);
        }
        long node = session.node(i % 200, i % 3, i, 0, again ? -1 : i % 1000, edges, EDGES);
        indices.setAtIndex(JAVA_LONG, i, node);
      }
    }

    private static String count(Path path) throws IOException {
      try (Arena arena = Arena.ofConfined();
          Graph graph = Graph.open(path, arena)) {
        long nodes = 0;
        long changed = 0;
        for (NodeCursor cursor = graph.cursor(); cursor.next(); nodes++) {
          changed += cursor.valueLow() == -1 ? 1 : 0;
        }
        if (!graph.verify().isEmpty()) {
          throw new AssertionError("damaged");
        }
        return "%d %d".formatted(nodes, changed);
      }
    }
  }
}
