package dev.calotype.stream;

import com.google.protobuf.CodedInputStream;
import dev.calotype.Durability;
import dev.calotype.map.OpenFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
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
 * Reading a million unsigned LEB128 numbers, per number: from a mapped file, and from an array. The
 * peer is protobuf's {@code CodedInputStream} over the same bytes.
 *
 * <p>Ours refuses numbers that are longer than they need to be or do not fit; the peer takes them.
 * Not measured: opening, mapping and cold pages.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Numbers.COUNT)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(5)
public class DecodeBenchmark {
  /** Which numbers. */
  @Param public Numbers mix = Numbers.MIXED;

  private final Arena arena = Arena.ofShared();
  private MemorySegment mapped = MemorySegment.NULL;
  private ByteBuffer buffer = ByteBuffer.allocate(0);
  private byte[] array = new byte[0];

  /** Writes the file and maps it. */
  @Setup
  public void write() throws IOException {
    Path file = Files.createTempDirectory("decode").resolve("numbers");
    try (MetadataWriter out = MetadataWriter.create(file, false)) {
      for (int number : mix.draw()) {
        out.unsigned32(number);
      }
      try (Metadata metadata = out.finish(arena)) {
        metadata.publish(Durability.DURABLE);
      }
    }
    try (OpenFile open = OpenFile.open(file)) {
      mapped = open.map(arena);
    }
    array = Files.readAllBytes(file);
    buffer = mapped.asByteBuffer();
    Files.delete(file);
    Files.delete(file.getParent());
  }

  /** Unmaps it. */
  @TearDown
  public void end() {
    arena.close();
  }

  /** Ours, mapped. */
  @Benchmark
  public long mappedOurs() {
    return sum(mapped);
  }

  /** The peer, mapped. */
  @Benchmark
  public long mappedProtobuf() throws IOException {
    return sum(CodedInputStream.newInstance(buffer));
  }

  /** Ours, from an array. */
  @Benchmark
  public long arrayOurs() {
    return sum(MemorySegment.ofArray(array));
  }

  /** The peer, from an array. */
  @Benchmark
  public long arrayProtobuf() throws IOException {
    return sum(CodedInputStream.newInstance(array));
  }

  private static long sum(MemorySegment bytes) {
    MetadataReader in = MetadataReader.of(bytes, "numbers");
    long sum = 0;
    for (int i = 0; i < Numbers.COUNT; i++) {
      sum += in.unsigned32();
    }
    return sum;
  }

  private static long sum(CodedInputStream in) throws IOException {
    long sum = 0;
    for (int i = 0; i < Numbers.COUNT; i++) {
      sum += in.readUInt32();
    }
    return sum;
  }
}
