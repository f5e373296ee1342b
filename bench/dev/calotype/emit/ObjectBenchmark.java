package dev.calotype.emit;

import dev.calotype.Durability;
import dev.calotype.bench.NotRun;
import dev.calotype.bench.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * An object around a file of 64 MiB, published fast, as a ratio to {@link #ld}, a process of GNU ld
 * that makes the same of the same file: {@link #ours} in a JVM that runs already, {@link
 * #processOurs} in one that is started for it.
 *
 * <p>Files are in the page cache. Not measured: the disk, for nothing is synced.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
@Fork(5)
public class ObjectBenchmark {
  private static final int MEBIBYTES = 64;
  private static final String LD = "ld";

  private Path folder = Path.of("");
  private Path payload = Path.of("");

  /** Writes the payload. */
  @Setup
  public void prepare(BenchmarkParams running) throws IOException {
    if (running.getBenchmark().endsWith(".ld") && !Programs.isThere(LD)) {
      throw NotRun.because(running, "there is no ld");
    }
    folder = Files.createTempDirectory("bench");
    payload = folder.resolve("payload");
    byte[] part = new byte[1 << 20];
    SplittableRandom random = new SplittableRandom(1);
    try (var out = Files.newOutputStream(payload)) {
      for (int i = 0; i < MEBIBYTES; i++) {
        random.nextBytes(part);
        out.write(part);
      }
    }
  }

  /** Removes everything. */
  @TearDown
  public void remove() throws IOException {
    Files.deleteIfExists(folder.resolve("ours.o"));
    Files.deleteIfExists(folder.resolve("ld.o"));
    Files.delete(payload);
    Files.delete(folder);
  }

  /** The writer. */
  @Benchmark
  public long ours() throws IOException {
    return write(payload, folder.resolve("ours.o"));
  }

  /** The writer, and a JVM around it. */
  @Benchmark
  public int processOurs() throws IOException, InterruptedException {
    return run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            ObjectBenchmark.class.getName(),
            payload.toString(),
            folder.resolve("ours.o").toString()));
  }

  /** GNU ld. */
  @Benchmark
  public int ld() throws IOException, InterruptedException {
    return run(
        List.of(
            LD, "-r", "-b", "binary", "-o", folder.resolve("ld.o").toString(), payload.toString()));
  }

  /** What {@link #processOurs} runs. */
  public static void main(String[] arguments) throws IOException {
    write(Path.of(arguments[0]), Path.of(arguments[1]));
  }

  private static long write(Path payload, Path object) throws IOException {
    return ObjectWriter.of(ObjectTarget.X86_64_LINUX)
        .add(
            ObjectSection.data(Payload.of(payload))
                .symbol(ObjectSymbol.data("payload", 0, MEBIBYTES << 20)))
        .write(object, OutputOptions.standard().withReplace(true).withDurability(Durability.FAST));
  }

  private static int run(List<String> command) throws IOException, InterruptedException {
    int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException(command + " ended with " + exit);
    }
    return exit;
  }
}
