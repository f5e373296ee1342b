package dev.calotype.graph;

import dev.calotype.bench.CLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The functions of {@code probe.c} on one graph, compiled with {@code gcc -O3}. */
final class CProbe {
  private static final CLibrary LIBRARY = CLibrary.compile("graph/probe.c");

  private final MemorySegment graph;

  /** Whether there is a compiler for the benches of these names. */
  static boolean isThereFor(BenchmarkParams running, String... benches) {
    return LIBRARY.isThereFor(running, benches);
  }

  /** For a graph of one segment, and so one index table. */
  CProbe(Graph graph, Arena arena) {
    if (graph.index().size() != 1) {
      throw new IllegalArgumentException("several tables");
    }
    IndexTable table = graph.index().getFirst().table();
    this.graph =
        arena.allocateFrom(
            ValueLayout.JAVA_LONG,
            graph.mapped().address(),
            graph.commit().root(),
            graph.limit(),
            table.offset(),
            table.buckets(),
            table.homes(),
            table.nodeBits());
  }

  long findDependent(MemorySegment keys, long count) {
    return call(Handles.DEPENDENT, keys, count);
  }

  long findOverlapped(MemorySegment keys, long count) {
    return call(Handles.OVERLAPPED, keys, count);
  }

  long iterate(long limit) {
    return call(Handles.ITERATE, MemorySegment.NULL, limit);
  }

  private long call(MethodHandle handle, MemorySegment keys, long count) {
    try {
      return (long) handle.invokeExact(graph, keys, count);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Constants, so that the calls are inlined. */
  private static final class Handles {
    private static final MethodHandle DEPENDENT = handle("find_dependent");
    private static final MethodHandle OVERLAPPED = handle("find_overlapped");
    private static final MethodHandle ITERATE = handle("iterate");

    private static MethodHandle handle(String name) {
      return LIBRARY.handle(
          name,
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG));
    }
  }
}
