package dev.calotype.split;

import dev.calotype.Durability;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
 * Splitting a large library, {@link #splitOurs}, and joining it again, {@link #joinOurs}, in a heap
 * of 64 MiB, as ratios to {@link #c}, which reads the same file, digests it with OpenSSL's SHA-256
 * and writes the same bytes.
 *
 * <p>The library is libLLVM, or else libjvm. Nothing is synced: that is the disk's speed. Files are
 * in the page cache. Each run writes new files, as the peer does.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
@Fork(value = 5, jvmArgsAppend = "-Xmx64m")
public class SplitBenchmark {
  private static final WriteOptions FAST =
      WriteOptions.standard().withDurability(Durability.FAST).withReplace(true);

  private Path folder = Path.of("");
  private Path image = Path.of("");
  private Path data = Path.of("");
  private Path code = Path.of("");

  /** Splits once, for joining. */
  @Setup
  public void prepare(BenchmarkParams running) throws IOException {
    boolean _ = CCopy.isThereFor(running, "c");
    image =
        Stream.of(
                Path.of("/usr/lib/x86_64-linux-gnu/libLLVM.so.19.1"),
                Path.of(System.getProperty("java.home"), "lib/server/libjvm.so"))
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    folder = Files.createTempDirectory("bench");
    data = folder.resolve("prepared.ji");
    code = folder.resolve("prepared.code");
    write(data, code);
  }

  /** Removes everything. */
  @TearDown
  public void remove() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  /** The peer. */
  @Benchmark
  public long c() throws IOException {
    Path copy = folder.resolve("c");
    Files.deleteIfExists(copy);
    return CCopy.copy(image, copy);
  }

  /** Planning and writing both halves. */
  @Benchmark
  public DataId splitOurs() throws IOException {
    Path newData = folder.resolve("m.ji");
    Path newCode = folder.resolve("m.code");
    Files.deleteIfExists(newData);
    Files.deleteIfExists(newCode);
    return write(newData, newCode);
  }

  /** Checking the headers of both halves, and joining them, which verifies every byte. */
  @Benchmark
  public long joinOurs() throws IOException {
    Path again = folder.resolve("again");
    Files.deleteIfExists(again);
    try (Validity.Fresh first = (Validity.Fresh) DataFile.check(data, Expectations.none());
        Validity.FreshCode second =
            (Validity.FreshCode) CodeObject.check(code, Expectations.none())) {
      return Join.join(first, second, again, FAST, _ -> {});
    }
  }

  private DataId write(Path newData, Path newCode) throws IOException {
    try (Split split = Split.plan(image, List.of())) {
      return split.write(newData, newCode, FAST);
    }
  }
}
