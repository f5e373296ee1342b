package dev.calotype.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.publish.BootRecord;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writers killed at each of their system calls, and a disk that is full at each: the graph is what
 * it was or what it was to become.
 */
class GraphCrashTest {
  private static final List<String> CALLS =
      List.of("pwrite64", "ftruncate", "fsync", "link,linkat,rename,renameat,renameat2", "unlink");

  private static final List<String> FAILING = List.of("pwrite64", "fsync", "rename,renameat2");
  private static final int KILLED = 128 + 9;
  private static final int NODES = 400;

  @TempDir Path folder;
  private Path path = Path.of("");

  /** What the child does; each ends with another number of nodes, or none where there was one. */
  enum Work {
    /** A first session. */
    RECORD,
    /** A session that adds to a graph. */
    APPEND,
    /** One that commits in the middle. */
    CHECKPOINT,
    /** A compaction. */
    COMPACT
  }

  @BeforeEach
  void name() throws IOException {
    path = Files.createDirectory(folder.resolve("work")).resolve("a");
  }

  @ParameterizedTest
  @EnumSource
  void aKilledWriterLeavesTheOldGraphOrTheNewOne(Work work) throws IOException {
    int kills = 0;
    int old = 0;
    for (String call : CALLS) {
      boolean finished = false;
      int step = Tools.count(2, 1);
      for (int when = 1; !finished; when += step) {
        prepare(work);
        Run run = child(work, call, "signal=KILL:when=" + when, Path.of("/dev/null"));
        finished = run.exit() == 0;
        kills += finished ? 0 : 1;
        assertThat(run.exit()).as(run.err()).isIn(0, KILLED);
        String state = state(work);
        assertThat(state).as("%s %d", call, when).isIn(finished ? List.of("new") : states(work));
        old += state.equals("old") ? 1 : 0;
        // The next writer goes on from there, and takes leftovers away.
        Files.deleteIfExists(folder.resolve("boot"));
        write(path, 10_000 + when, 5);
        assertThat(Bytes.names(folder.resolve("work"))).containsExactly(".a.lock", "a");
      }
    }
    assertThat(kills).isGreaterThan(2);
    assertThat(old).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void aFullDiskIsAnErrorAndLeavesTheOldGraph(Work work) throws IOException {
    Path log = folder.resolve("log");
    int errors = 0;
    for (String call : FAILING) {
      boolean injected = true;
      for (int when = 1; injected; when++) {
        prepare(work);
        Run run = child(work, call, "error=ENOSPC:when=" + when, log);
        injected = Files.readString(log).contains("(INJECTED)");
        errors += run.exit() == 0 ? 0 : 1;
        assertThat(run.exit() == 0 || run.err().contains("No space left on device"))
            .as(run.err())
            .isTrue();
        assertThat(state(work)).isIn(run.exit() == 0 ? List.of("new") : states(work));
        assertThat(Bytes.names(folder.resolve("work"))).isSubsetOf(".a.lock", "a");
      }
    }
    assertThat(errors).isGreaterThan(1);
  }

  @Test
  void anotherProcessIsToldThatThereIsAWriter() throws IOException {
    write(path, 0, NODES);
    try (Session session = Session.open(path, SessionOptions.standard())) {
      assertThat(session.previous()).isPresent();
      Run run = Run.java(List.of(), Child.class, "APPEND", path.toString());
      assertThat(run.exit()).isEqualTo(1);
      assertThat(run.err()).contains("another process writes to it");
      // Reading needs no leave.
      Run.java(List.of(), Child.class, "READ", path.toString()).succeeded();
    }
  }

  private static List<String> states(Work work) {
    return work == Work.CHECKPOINT ? List.of("old", "middle", "new") : List.of("old", "new");
  }

  /** Makes what the child finds. */
  private void prepare(Work work) throws IOException {
    Files.deleteIfExists(path);
    if (work != Work.RECORD) {
      write(path, 0, NODES);
    }
    if (work == Work.COMPACT) {
      write(path, NODES, NODES);
    }
  }

  private String state(Work work) throws IOException {
    if (!Files.exists(path)) {
      return "old";
    }
    try (Arena arena = Arena.ofConfined();
        Graph graph = Graph.open(path, arena)) {
      assertThat(graph.verify()).isEmpty();
      if (work == Work.COMPACT) {
        assertThat(graph.nodes()).isEqualTo(2 * NODES);
        return graph.commit().segment() == 0 ? "new" : "old";
      }
      long added = graph.nodes() - (work == Work.RECORD ? 0 : NODES);
      return added == 0 ? "old" : added == NODES ? "new" : added == NODES / 2 ? "middle" : "torn";
    }
  }

  private Run child(Work work, String call, String injection, Path log) {
    List<String> command =
        new ArrayList<>(List.of(Tools.require("strace"), "-f", "-qq", "-o", log.toString()));
    command.addAll(List.of("-e", "trace=" + call, "-e", "inject=" + call + ":" + injection));
    command.addAll(
        Run.javaCommand(
            List.of(
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-D" + BootRecord.FOLDER_PROPERTY + "=" + folder.resolve("boot")),
            Child.class,
            work.name(),
            path.toString()));
    return Run.of(Map.of(), command);
  }

  private static void write(Path path, long first, int count) throws IOException {
    try (Session session = Session.open(path, SessionOptions.standard())) {
      record(session, first, count);
      session.commit();
    }
  }

  private static void record(Session session, long first, int count) {
    for (long i = first; i < first + count; i++) {
      session.node(1, i, i * i, i, i, new long[] {0, 0}, i == 0 ? 0 : 2);
    }
  }

  /** Does its work in a JVM of its own. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      Path path = Path.of(arguments[1]);
      switch (arguments[0]) {
        case "RECORD" -> write(path, 0, NODES);
        case "APPEND" -> write(path, NODES, NODES);
        case "CHECKPOINT" -> {
          try (Session session = Session.open(path, SessionOptions.standard())) {
            record(session, NODES, NODES / 2);
            session.checkpoint();
            record(session, NODES + NODES / 2, NODES / 2);
            session.commit();
          }
        }
        case "COMPACT" -> {
          CompactionOptions options =
              CompactionOptions.standard().withDurability(Durability.DURABLE);
          try (Compaction compaction = Compaction.start(path, options)) {
            compaction.await();
          }
        }
        default -> {
          try (Arena arena = Arena.ofConfined();
              Graph graph = Graph.open(path, arena)) {
            System.out.println(graph.nodes());
          }
        }
      }
    }
  }
}
