package dev.calotype.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cleaning up a store of many entries: looking at all of them and evicting none, evicting a third,
 * and only saying what would go. {@code peer} is what looking at the same files costs at least:
 * {@code find} with their sizes and times.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx64m")
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class CleanupBenchmark {
  /** How many there are. */
  @Param({"1000", "100000"})
  public int entries;

  private Path folder = Path.of("");
  private StoreConfig config = StoreConfig.standard();

  /** Makes the entries. */
  @Setup(Level.Trial)
  public void make() throws IOException {
    folder = Files.createTempDirectory(Path.of("target"), "bench-store-");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Instant later = Instant.now().plus(Duration.ofDays(1));
    config =
        StoreConfig.in(folder.toAbsolutePath())
            .withClock(() -> later)
            .withBackgroundWork(false)
            .withEntryLimit(Long.MAX_VALUE, 70)
            .withFreeDisk(0);
    ManyEntries.make(config, entries);
  }

  /** Makes again what was evicted. */
  @Setup(Level.Invocation)
  public void refill() throws IOException {
    ManyEntries.make(config, entries);
  }

  /** Removes them. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    PrivateFiles.remove(folder);
  }

  /** Says what would go. */
  @Benchmark
  public CleanupReport plan() throws IOException {
    try (Store store = Store.open(config.withEntryLimit(entries - 1, 67))) {
      return Maintenance.of(store).plan();
    }
  }

  /** Evicts nothing. */
  @Benchmark
  public CleanupReport nothing() throws IOException {
    try (Store store = Store.open(config)) {
      return Maintenance.of(store).clean().orElseThrow();
    }
  }

  /** Evicts a third. */
  @Benchmark
  public CleanupReport third() throws IOException {
    try (Store store = Store.open(config.withEntryLimit(entries - 1, 67))) {
      CleanupReport report = Maintenance.of(store).clean().orElseThrow();
      if (report.evicted().size() < entries / 4) {
        throw new IllegalStateException(report.evicted().size() + " evicted");
      }
      return report;
    }
  }

  /** Looks at the same files. */
  @Benchmark
  public int peer() throws IOException, InterruptedException {
    return new ProcessBuilder("find", folder.toString(), "-printf", "%s %T@\n")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
