package dev.calotype.stream;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Writing a million unsigned LEB128 numbers, per number: to a new file, which is removed again, and
 * to an array. The peer is protobuf's {@code CodedOutputStream}, with a buffer as large as ours.
 *
 * <p>To the file, ours also maps what it wrote; the peer does not. Not measured: publishing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Numbers.COUNT)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(5)
public class EncodeBenchmark {
  private static final int BUFFER_BYTES = 1 << 16;

  /** Which numbers. */
  @Param public Numbers mix = Numbers.MIXED;

  private int[] numbers = new int[0];
  private final byte[] array = new byte[5 * Numbers.COUNT + Leb128.MOST_BYTES];
  private Path folder = Path.of("");

  /** Makes the folder. */
  @Setup
  public void start() throws IOException {
    numbers = mix.draw();
    folder = Files.createTempDirectory("encode");
  }

  /** Removes it. */
  @TearDown
  public void end() throws IOException {
    Files.delete(folder);
  }

  /** Ours, to a file. */
  @Benchmark
  public long fileOurs() throws IOException {
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("ours"), false)) {
      for (int number : numbers) {
        out.unsigned32(number);
      }
      try (Metadata metadata = out.finish(arena)) {
        return metadata.bytes().byteSize();
      }
    }
  }

  /** The peer, to a file. */
  @Benchmark
  public long fileProtobuf() throws IOException {
    Path file = folder.resolve("theirs");
    try (OutputStream stream = Files.newOutputStream(file)) {
      CodedOutputStream out = CodedOutputStream.newInstance(stream, BUFFER_BYTES);
      for (int number : numbers) {
        out.writeUInt32NoTag(number);
      }
      out.flush();
    }
    Files.delete(file);
    return Numbers.COUNT;
  }

  /** Ours, to an array. */
  @Benchmark
  public long arrayOurs() {
    int at = 0;
    for (int number : numbers) {
      at = Leb128.putUnsigned(array, at, Integer.toUnsignedLong(number));
    }
    return at;
  }

  /** The peer, to an array. */
  @Benchmark
  public long arrayProtobuf() throws IOException {
    CodedOutputStream out = CodedOutputStream.newInstance(array);
    for (int number : numbers) {
      out.writeUInt32NoTag(number);
    }
    return out.getTotalBytesWritten();
  }
}
