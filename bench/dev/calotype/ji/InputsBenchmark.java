package dev.calotype.ji;

import dev.calotype.bench.TemporaryFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
 * The input tier with 1,000 inputs that did not change and have witnesses: {@link #ours} as a ratio
 * to {@link #c}, a loop of {@code stat} over the same files.
 *
 * <p>Everything is in the page cache and compiled. Not measured: inputs that changed or have no
 * witness, which are read and digested; a first check in a fresh JVM.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 5, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class InputsBenchmark {
  private static final int COUNT = 1000;

  private Path folder = Path.of("");
  private Path file = Path.of("");
  private Expectations asked = Expectations.none();
  private MemorySegment names = MemorySegment.NULL;

  /** Writes inputs, data file and witnesses. */
  @Setup
  public void write(BenchmarkParams running) throws IOException {
    boolean _ = CPeer.isThereFor(running, "c");
    folder = Files.createTempDirectory("bench");
    List<Input> inputs = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < COUNT; i++) {
      Path place = folder.resolve("src/module%d/file%d.c".formatted(i % 20, i));
      Files.createDirectories(place.resolveSibling(""));
      Files.writeString(place, "int a%d;".formatted(i));
      inputs.add(Input.of("@src/module%d/file%d.c".formatted(i % 20, i), place));
      text.append(place).append('\0');
    }
    names = Arena.global().allocateFrom(text.toString(), StandardCharsets.UTF_8);
    file = folder.resolve("bench.ji");
    WriteOptions options = WriteOptions.standard().withOrigin(Origin.none().withInputs(inputs));
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      try (OutputStream section = writer.section("a", 64, false)) {
        section.write(1);
      }
      writer.publish();
    }
    // As if it were later, so that the new files are at rest.
    Witnesses witnesses =
        new Witnesses(
            () -> Optional.of(folder.resolve("witnesses")),
            () -> TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis() + 60_000));
    asked =
        Expectations.none()
            .withTier(Tier.INPUTS)
            .withRoot("src", folder.resolve("src"))
            .withWitnesses(witnesses);
    try (Validity first = ours();
        Validity second =
            DataFile.check(
                file,
                asked,
                bytes -> {
                  throw new IllegalStateException("read %d bytes".formatted(bytes));
                })) {
      if (!(first instanceof Validity.Fresh) || !(second instanceof Validity.Fresh)) {
        throw new IllegalStateException("not fresh: " + first);
      }
    }
  }

  /** Removes them. */
  @TearDown
  public void remove() throws IOException {
    TemporaryFolder.remove(folder);
  }

  /** Ours. */
  @Benchmark
  public Validity ours() throws IOException {
    try (Validity validity = DataFile.check(file, asked)) {
      return validity;
    }
  }

  /** A loop of {@code stat}. */
  @Benchmark
  public long c() {
    return CPeer.stats(names, COUNT);
  }
}
