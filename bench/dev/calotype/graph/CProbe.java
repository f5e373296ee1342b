package dev.calotype.graph;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** The functions of {@code probe.c} on one graph, compiled with {@code gcc -O3}. */
final class CProbe {
  private static final SymbolLookup LIBRARY = compile();

  private final MemorySegment graph;

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

  @SuppressWarnings("restricted")
  private static SymbolLookup compile() {
    try {
      Path library = Files.createTempFile("probe", ".so");
      library.toFile().deleteOnExit();
      Process gcc =
          new ProcessBuilder(
                  "gcc",
                  "-O3",
                  "-shared",
                  "-fPIC",
                  "-o",
                  library.toString(),
                  "bench/dev/calotype/graph/probe.c")
              .inheritIO()
              .start();
      if (gcc.waitFor() != 0) {
        throw new IllegalStateException("gcc failed");
      }
      return SymbolLookup.libraryLookup(library, Arena.global());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Constants, so that the calls are inlined. */
  private static final class Handles {
    private static final MethodHandle DEPENDENT = handle("find_dependent");
    private static final MethodHandle OVERLAPPED = handle("find_overlapped");
    private static final MethodHandle ITERATE = handle("iterate");

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name) {
      return Linker.nativeLinker()
          .downcallHandle(
              LIBRARY.findOrThrow(name),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_LONG));
    }
  }
}
