package dev.calotype.cli;

import dev.calotype.Durability;
import dev.calotype.graph.Compaction;
import dev.calotype.graph.CompactionOptions;
import dev.calotype.graph.Graph;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** {@code graph compact}: a graph without what nobody needs any more. */
final class GraphCompactCommand implements Command {
  private static final long PERCENT = 100;
  private static final Duration STEP = Duration.ofMillis(100);

  @Override
  public String summary() {
    return "Write a graph anew without what nothing leads to; nodes get new indices.";
  }

  @Override
  public void declare(CommandSpec spec) {
    spec.addOption(
        Commands.number(
            "--if-dead",
            "PERCENT",
            "Do nothing unless more than that share of the file would be freed, 0 to 100."));
    spec.addOption(
        Commands.number(
            "--keep", "N", "Also drop nodes that none of the last N complete sessions asked for."));
    spec.addOption(Commands.fast());
    spec.addOption(Commands.json());
    spec.addPositional(
        Commands.file(0, "GRAPH", "The graph. Programs that have it open keep the old one."));
    spec.usageMessage()
        .footer(
            "  calotype graph compact foo.graph",
            "  calotype graph compact foo.graph --if-dead 50 --keep 3",
            "",
            "Equal graphs become equal files, whoever recorded them in whatever order.");
  }

  @Override
  public ExitCode run(Invocation invocation) throws IOException {
    Path file = invocation.path(0);
    int percent = invocation.value("--if-dead", 0);
    if (percent < 0 || percent > PERCENT) {
      throw invocation.wrong("--if-dead takes 0 to 100");
    }
    int keep = invocation.value("--keep", CompactionOptions.ALL);
    if (keep < 1) {
      throw invocation.wrong("--keep takes 1 or more");
    }
    CompactionOptions options =
        CompactionOptions.standard()
            .withKeep(keep)
            .withDurability(invocation.has("--fast") ? Durability.FAST : Durability.DURABLE);
    try {
      try (Arena arena = Arena.ofShared();
          Graph graph = GraphFiles.open(file, arena, invocation.terminal())) {
        if (invocation.has("--if-dead")
            && !Compaction.isDue(graph, options, (double) percent / PERCENT)) {
          print(
              invocation,
              false,
              new Compaction.Result(graph.bytes(), graph.bytes(), graph.nodes(), 0));
          return ExitCode.DONE;
        }
      }
      return Interruption.guard(() -> {
        print(invocation, true, compact(invocation, file, options));
        return ExitCode.DONE;
      });
    } catch (IOException | RuntimeException e) {
      return invocation.failed(e, file.toString());
    }
  }

  private static Compaction.Result compact(
      Invocation invocation, Path file, CompactionOptions options) throws IOException {
    try (Progress progress =
            invocation.terminal().progress("compacting " + file.getFileName(), PERCENT);
        Compaction compaction = Compaction.start(file, options)) {
      long shown = 0;
      while (true) {
        Optional<Compaction.Result> result = compaction.await(STEP);
        if (result.isPresent()) {
          return result.get();
        }
        long now = (long) (compaction.progress() * PERCENT);
        progress.steps(now - shown, "hundredths");
        shown = now;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static void print(Invocation invocation, boolean done, Compaction.Result result) {
    Path file = invocation.path(0);
    if (invocation.has("--json")) {
      JsonLines.print(
          invocation.terminal().out(),
          json -> {
            json.writeStringField("file", file.toString());
            json.writeBooleanField("compacted", done);
            json.writeNumberField("bytesBefore", result.bytesBefore());
            json.writeNumberField("bytes", result.bytesAfter());
            json.writeNumberField("nodes", result.nodes());
            json.writeNumberField("dropped", result.dropped());
          });
      return;
    }
    String what =
        done
            ? "%s from %s, %s nodes, %s dropped"
                .formatted(
                    Text.size(result.bytesAfter()),
                    Text.size(result.bytesBefore()),
                    Text.grouped(result.nodes()),
                    Text.grouped(result.dropped()))
            : "not due, " + Text.size(result.bytesBefore());
    invocation
        .terminal()
        .out()
        .println(
            "%s: %s".formatted(invocation.terminal().bold(Text.escape(file.toString())), what));
  }
}
