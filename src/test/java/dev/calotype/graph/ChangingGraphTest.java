package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.FileChangedException;
import dev.calotype.MalformedImageException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs that somebody cuts or writes over, against the rules, while compiled code asks them. */
class ChangingGraphTest {
  private static final int ROUNDS = 4;

  @TempDir Path folder;

  /** What happens to the file. */
  enum Change {
    CUT,
    ZEROS,
    NOISE
  }

  @ParameterizedTest
  @EnumSource
  void hotQueriesEndInADeclaredExceptionOrAnAnswer(Change change) {
    Run run = Run.java(List.of(), Child.class, folder.toString(), change.name()).succeeded();
    assertThat(run.out()).isEqualTo("noticed %d of %d\n".formatted(ROUNDS, ROUNDS));
  }

  @Test
  void theCallersOwnMistakeStaysWhatItIs() throws IOException {
    Path path = folder.resolve("graph");
    Child.write(path);
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThatThrownBy(() -> graph.whileWhole(() -> graph.edge(1, 1)))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  /** Its own JVM: a wrong step would kill it. */
  static final class Child {
    private static final int NODES = 10_000;

    private Child() {}

    public static void main(String[] arguments) throws IOException {
      Change change = Change.valueOf(arguments[1]);
      int noticed = 0;
      for (int round = 0; round < ROUNDS; round++) {
        Path path = Path.of(arguments[0]).resolve("graph" + round);
        write(path);
        try (Arena arena = Arena.ofShared();
            Graph graph = Graph.open(path, arena)) {
          long sum = ask(graph);
          for (int i = 0; i < 30; i++) {
            if (graph.whileWhole(() -> ask(graph)) != sum) {
              throw new AssertionError("another sum of the same graph");
            }
          }
          int seed = round;
          Thread other = Thread.ofPlatform().start(() -> change(path, change, seed));
          while (other.isAlive()) {
            isNoticed(graph, sum);
          }
          noticed += isNoticed(graph, sum) ? 1 : 0;
        }
      }
      System.out.println("noticed %d of %d".formatted(noticed, ROUNDS));
    }

    /** Whether there is an exception, of those that are declared, or another answer. */
    private static boolean isNoticed(Graph graph, long sum) throws IOException {
      try {
        return graph.whileWhole(() -> ask(graph)) != sum;
      } catch (FileChangedException | MalformedImageException | NoSuchElementException e) {
        return true;
      }
    }

    private static long ask(Graph graph) {
      long sum = 0;
      long[] edges = new long[16];
      for (NodeCursor cursor = graph.cursor(); cursor.next(); ) {
        sum += cursor.kind() + cursor.keyLow() + cursor.valueLow() + cursor.edgeCount();
        int count = Math.min(edges.length, cursor.edges(edges));
        for (int i = 0; i < count; i++) {
          sum += edges[i];
        }
      }
      for (int i = 0; i < NODES; i += 3) {
        long node = graph.find(i % 100, i, i * 31L);
        if (node != Graph.NONE) {
          sum += node + graph.valueLow(node) + graph.edgeCount(node);
          sum += graph.edgeCount(node) > 0 ? graph.edge(node, 0) : 0;
        }
      }
      return sum;
    }

    private static void change(Path path, Change change, int seed) {
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        if (change == Change.CUT) {
          channel.truncate(8192);
          return;
        }
        int size = (int) channel.size();
        byte[] bytes = change == Change.NOISE ? Bytes.random(size, seed) : new byte[size];
        for (int at = 0; at < size; at += 4096) {
          channel.write(ByteBuffer.wrap(bytes, at, Math.min(4096, size - at)), at);
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    static void write(Path path) throws IOException {
      SessionOptions fast = SessionOptions.standard().withDurability(Durability.FAST);
      try (Session session = Session.open(path, fast)) {
        for (int i = 0; i < NODES; i++) {
          session.node(i % 100, i, i * 31L, 0, i, new long[] {i / 2, i / 3, i / 4}, i % 4);
        }
        session.commit();
      }
    }
  }
}
