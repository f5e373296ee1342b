package dev.calotype.graph;

import dev.calotype.bytes.Endian;
import dev.calotype.publish.Publication;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that were there and have been recorded again, in the order in which that happened, until
 * the commit puts those of one block together. In memory up to 1 MiB, then in a temporary file.
 *
 * <p>Safe for use by several threads while it is written; read by one afterwards.
 */
final class UpdateLog implements AutoCloseable {
  /** Index, value, number of edges. */
  static final int HEADER = 32;

  private static final int BUFFER = 1 << 20;
  private static final VarHandle U64 =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Path graph;
  private byte[] buffer = new byte[1 << 12];
  private int filled;
  private @Nullable Publication file;
  private @Nullable IOException error;
  private long count;

  UpdateLog(Path graph) {
    this.graph = graph;
  }

  /** How many nodes it has. */
  synchronized long count() {
    return count;
  }

  /** Adds a node. An error waits for {@link #map}. */
  synchronized void add(long node, long valueHigh, long valueLow, long[] edges, int edgeCount) {
    put(node);
    put(valueHigh);
    put(valueLow);
    put(edgeCount);
    for (int i = 0; i < edgeCount; i++) {
      put(edges[i]);
    }
    count++;
  }

  /** All that was added. */
  synchronized MemorySegment map(Arena arena) throws IOException {
    if (error != null) {
      throw error;
    }
    Publication written = file;
    if (written == null) {
      return MemorySegment.ofArray(buffer).asSlice(0, filled);
    }
    written.write(buffer, 0, filled);
    filled = 0;
    return written.map(arena);
  }

  /** Where the record behind the one at {@code at} starts. */
  static long next(MemorySegment log, long at) {
    return at + HEADER + 8L * edgeCount(log, at);
  }

  static long node(MemorySegment log, long at) {
    return Endian.u64(log, at, true);
  }

  static long valueHigh(MemorySegment log, long at) {
    return Endian.u64(log, at + 8, true);
  }

  static long valueLow(MemorySegment log, long at) {
    return Endian.u64(log, at + 16, true);
  }

  static int edgeCount(MemorySegment log, long at) {
    return (int) Endian.u64(log, at + 24, true);
  }

  static void edges(MemorySegment log, long at, long[] into, int from) {
    MemorySegment.copy(
        log, ValueLayout.JAVA_LONG_UNALIGNED, at + HEADER, into, from, edgeCount(log, at));
  }

  @Override
  public synchronized void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }

  private void put(long value) {
    if (filled + 8 > buffer.length) {
      makeRoom();
    }
    U64.set(buffer, filled, value);
    filled += 8;
  }

  private void makeRoom() {
    if (buffer.length < BUFFER) {
      buffer = Arrays.copyOf(buffer, 4 * buffer.length);
      return;
    }
    try {
      if (error == null) {
        if (file == null) {
          file = Publication.beside(graph, true);
        }
        file.write(buffer, 0, filled);
      }
    } catch (IOException e) {
      error = e;
    }
    filled = 0;
  }
}
