package dev.calotype.cache;

import dev.calotype.bench.NotRun;
import dev.calotype.bench.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Cleaning up a store of many entries: looking at all of them and evicting none, evicting a third,
 * and only saying what would go. The peers are what looking at the same files and deleting a third
 * of them cost other programs: {@link #find} with their sizes and times, and {@link #thirdRm}.
 *
 * <p>Files are in the page cache. Not measured: the disk; entries that are in use; making again,
 * before each call, what the last one evicted. The entries are made once, for all runs.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx64m")
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class CleanupBenchmark {
  /** How many there are. */
  @Param({"1000", "100000"})
  public int entries;

  private Path folder = Path.of("");
  private StoreConfig config = StoreConfig.standard();

  /** Makes the entries. */
  @Setup(Level.Trial)
  public void make(BenchmarkParams running) throws IOException {
    for (String program : List.of("find", "rm")) {
      boolean isWanted = running.getBenchmark().toLowerCase(Locale.ROOT).endsWith(program);
      if (isWanted && !Programs.isThere(program)) {
        throw NotRun.because(running, "there is no " + program);
      }
    }
    folder = BenchEntries.once("store-cleanup-" + entries, _ -> {});
    Instant later = Instant.now().plus(Duration.ofDays(1));
    config = BenchEntries.lasting(folder).withClock(() -> later).withBackgroundWork(false);
  }

  /** Makes again what was evicted. */
  @Setup(Level.Invocation)
  public void refill() throws IOException {
    ManyEntries.make(config, entries);
  }

  /** Says what would go. */
  @Benchmark
  public CleanupReport planOurs() throws IOException {
    try (Store store = Store.open(config.withEntryLimit(entries - 1, 67))) {
      return Maintenance.of(store).plan();
    }
  }

  /** Evicts nothing. */
  @Benchmark
  public CleanupReport nothingOurs() throws IOException {
    try (Store store = Store.open(config)) {
      return Maintenance.of(store).clean().orElseThrow();
    }
  }

  /** Evicts a third. */
  @Benchmark
  public CleanupReport thirdOurs() throws IOException {
    try (Store store = Store.open(config.withEntryLimit(entries - 1, 67))) {
      CleanupReport report = Maintenance.of(store).clean().orElseThrow();
      if (report.evicted().size() < entries / 4) {
        throw new IllegalStateException(report.evicted().size() + " evicted");
      }
      return report;
    }
  }

  /** Deletes a third, in the order of their folders. */
  @Benchmark
  public int thirdRm() throws IOException, InterruptedException {
    Path entries = Layout.in(config.folder()).entries();
    List<String> command = new ArrayList<>(List.of("rm", "-rf"));
    for (String group : EntryWalk.names(ManyEntries.key(0).place().compilerFolder(entries))) {
      if (Integer.parseInt(group, 16) < 256 / 3) {
        command.add(ManyEntries.key(0).place().compilerFolder(entries).resolve(group).toString());
      }
    }
    return new ProcessBuilder(command).start().waitFor();
  }

  /** Looks at the same files. */
  @Benchmark
  public int find() throws IOException, InterruptedException {
    return new ProcessBuilder("find", folder.toString(), "-printf", "%s %T@\n")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
