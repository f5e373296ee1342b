package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.publish.BootRecord;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writes, truncations, syncs and renames of a graph, recorded and replayed with what a power loss
 * may drop: {@link GraphTrace}. There is a graph as one of its commits left it, and never one older
 * than a commit that has returned.
 */
class GraphPowerLossTest {
  private static final int NODES = 200;

  /** Each commit syncs twice: before what makes it count, and after. */
  private static final int SYNCS = 2;

  /** Only verifying finds damage. */
  private static final int TORN = -1;

  @TempDir Path folder;
  private Path path = Path.of("");

  /** What the child does, and how often it commits. */
  enum Work {
    /** A first session: a new file. */
    RECORD(1),
    /** A first session that commits in the middle: a new file that grows. */
    RECORD_IN_TWO(2),
    /** A session that adds to a graph and changes it. */
    APPEND(1),
    /** The same where a killed writer has left bytes behind the graph. */
    APPEND_OVER_LEFTOVERS(1),
    /** One that commits in the middle. */
    CHECKPOINT(2),
    /** A compaction. */
    COMPACT(1),
    /** A session in the form that rewrites. */
    REWRITE(2);

    final int commits;

    Work(int commits) {
      this.commits = commits;
    }

    boolean isFirst() {
      return this == RECORD || this == RECORD_IN_TWO;
    }
  }

  @BeforeEach
  void name() throws IOException {
    path = Files.createDirectory(folder.resolve("work")).resolve("a");
  }

  @ParameterizedTest
  @EnumSource
  void afterAPowerLossTheGraphIsAsACommitLeftItAndEverySyncIsNeeded(Work work) throws IOException {
    GraphTrace trace = trace(work, Durability.DURABLE);
    assertThat(trace.syncs()).hasSize(SYNCS * work.commits);
    Losses losses = new Losses(work, trace, -1);
    assertThat(losses.violations).isEmpty();
    assertThat(losses.states).isGreaterThan(7);
    assertThat(losses.seen).hasSize(work.commits + 1);
    for (int sync = 0; sync < trace.syncs().size(); sync++) {
      // Without the first of two, what counts may be torn. Without the second, it may be gone.
      String expected = sync % SYNCS == 0 ? "torn" : "committed, and gone";
      assertThat(new Losses(work, trace, trace.syncs().get(sync)).violations)
          .as("without sync %d", sync)
          .anyMatch(text -> text.startsWith(expected));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"RECORD_IN_TWO", "APPEND_OVER_LEFTOVERS", "COMPACT"})
  void whatAFastCommitLosesIsFoundAndNeverAnotherAnswer(Work work) throws IOException {
    GraphTrace trace = trace(work, Durability.FAST);
    assertThat(trace.syncs()).isEmpty();
    Losses losses = new Losses(work, trace, -1);
    assertThat(losses.violations).allMatch(text -> text.startsWith("torn"));
    assertThat(losses.violations).isNotEmpty();
    assertThat(losses.seen).hasSizeGreaterThan(work.commits);
  }

  /** What may be there after a power loss at any moment, and what the graph says then. */
  private final class Losses {
    private final List<String> violations = new ArrayList<>();
    private final TreeSet<Integer> seen = new TreeSet<>();
    private int states;

    Losses(Work work, GraphTrace trace, int withoutSync) throws IOException {
      for (int moment = 0; moment <= trace.size(); moment++) {
        int last = moment;
        int synced = (int) trace.syncs().stream().filter(sync -> sync < last).count();
        for (GraphTrace.State state : trace.losses(moment, withoutSync)) {
          states++;
          look(work, state, synced / SYNCS);
        }
      }
    }

    private void look(Work work, GraphTrace.State state, int returned) throws IOException {
      int commits;
      try {
        commits = commits(work, state.content());
      } catch (MalformedImageException | UnsupportedFormatException e) {
        violations.add("torn, %s: %s".formatted(state, e.getMessage()));
        return;
      }
      if (commits == TORN) {
        violations.add("torn, where no answer shows it: " + state);
        return;
      }
      seen.add(commits);
      if (commits < returned) {
        violations.add("committed, and gone: " + state);
      }
    }
  }

  /** How many of the child's commits a file has; asks for every node before it verifies. */
  private int commits(Work work, byte[] content) throws IOException {
    if (content.length == 0 && work.isFirst()) {
      return 0;
    }
    Files.write(path, content);
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      long found = 0;
      while (graph.find(1, found, found) != Graph.NONE) {
        long node = graph.find(1, found, found);
        assertThat(graph.valueLow(node)).isIn(found, found + 1);
        assertThat(graph.edgeCount(node)).isEqualTo(found == 0 ? 0 : 1);
        assertThat(found == 0 || graph.keyLow(graph.edge(node, 0)) == found / 2).isTrue();
        found++;
      }
      assertThat(found).isEqualTo(graph.nodes());
      if (!graph.verify().isEmpty()) {
        return TORN;
      }
      long added = (found - (work.isFirst() || work == Work.COMPACT ? 0 : NODES)) / NODES;
      // What is compacted says the same; only its segment starts at the file's start.
      return switch (work) {
        case COMPACT -> graph.commit().segment() == 0 ? 1 : 0;
        case REWRITE -> (int) added + (added == 1 && graph.commit().segment() == 0 ? 1 : 0);
        default -> Math.toIntExact(added);
      };
    } catch (NoSuchElementException e) {
      throw new AssertionError("an edge to nowhere", e);
    }
  }

  private GraphTrace trace(Work work, Durability durability) throws IOException {
    if (!work.isFirst()) {
      write(path, 0, SessionOptions.standard());
    }
    if (work == Work.COMPACT) {
      write(path, NODES, SessionOptions.standard());
    }
    if (work == Work.APPEND_OVER_LEFTOVERS) {
      byte[] whole = Files.readAllBytes(path);
      write(path, NODES, SessionOptions.standard());
      byte[] longer = Files.readAllBytes(path);
      // All but the record.
      Arrays.fill(longer, longer.length - 600, longer.length, (byte) 0);
      assertThat(longer.length).isGreaterThan(whole.length + 600);
      Files.write(path, longer);
    }
    byte[] old = Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>(List.of(Tools.require("strace"), "-ff", "-ttt", "-y"));
    command.addAll(List.of("-qq", "-xx", "-s", "1000000", "-o", log.toString()));
    command.addAll(List.of("-e", "trace=" + GraphTrace.CALLS));
    command.addAll(
        Run.javaCommand(
            List.of(
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-D" + BootRecord.FOLDER_PROPERTY + "=" + folder.resolve("boot")),
            Child.class,
            work.name(),
            durability.name(),
            path.toString()));
    Run.of(Map.of(), command).succeeded();
    return GraphTrace.read(log, path, old);
  }

  private static void write(Path path, int first, SessionOptions options) throws IOException {
    try (Session session = Session.open(path, options)) {
      record(session, first);
      session.commit();
    }
  }

  /** Adds nodes, and changes one of those there are. */
  private static void record(Session session, int first) {
    if (first > 0) {
      session.node(1, first / 2, first / 2, 0, first / 2 + 1, new long[] {first / 4}, 1);
    }
    for (int i = first; i < first + NODES; i++) {
      session.node(1, i, i, 0, i, new long[] {i / 2}, i == 0 ? 0 : 1);
    }
  }

  /** Does its work in a JVM of its own. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      Durability durability = Durability.valueOf(arguments[1]);
      SessionOptions options = SessionOptions.standard().withDurability(durability);
      Path path = Path.of(arguments[2]);
      switch (Work.valueOf(arguments[0])) {
        case RECORD -> write(path, 0, options);
        case RECORD_IN_TWO -> inTwo(path, 0, options);
        case APPEND, APPEND_OVER_LEFTOVERS -> write(path, NODES, options);
        case CHECKPOINT -> inTwo(path, NODES, options);
        case REWRITE -> write(path, NODES, options.withForm(SessionOptions.Form.REWRITE));
        case COMPACT -> {
          CompactionOptions how = CompactionOptions.standard().withDurability(durability);
          try (Compaction compaction = Compaction.start(path, how)) {
            compaction.await();
          }
        }
      }
    }

    private static void inTwo(Path path, int first, SessionOptions options) throws IOException {
      try (Session session = Session.open(path, options)) {
        record(session, first);
        session.checkpoint();
        for (int i = first + NODES; i < first + 2 * NODES; i++) {
          session.node(1, i, i, 0, i, new long[] {i / 2}, 1);
        }
        session.commit();
      }
    }
  }
}
