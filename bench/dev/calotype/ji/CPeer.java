package dev.calotype.ji;

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

/** The functions of {@code peer.c}, compiled with {@code gcc -O3} when they are first wanted. */
final class CPeer {
  private static final SymbolLookup LIBRARY = compile();

  private CPeer() {}

  /** Opens, reads a page and closes, {@code count} times. */
  static long headerChecks(MemorySegment file, long count) {
    return call(Handles.HEADER_CHECKS, file, count);
  }

  /** Asks for the attributes of {@code count} files. */
  static long stats(MemorySegment names, long count) {
    return call(Handles.STATS, names, count);
  }

  private static long call(MethodHandle handle, MemorySegment text, long count) {
    try {
      long sum = (long) handle.invokeExact(text, count);
      if (sum < 0) {
        throw new IllegalStateException("the peer failed");
      }
      return sum;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted")
  private static SymbolLookup compile() {
    try {
      Path library = Files.createTempDirectory("peer").resolve("peer.so");
      Process gcc =
          new ProcessBuilder(
                  "gcc",
                  "-O3",
                  "-shared",
                  "-fPIC",
                  "-o",
                  library.toString(),
                  "bench/dev/calotype/ji/peer.c")
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
    private static final MethodHandle HEADER_CHECKS = handle("header_checks");
    private static final MethodHandle STATS = handle("stats");

    @SuppressWarnings("restricted")
    private static MethodHandle handle(String name) {
      return Linker.nativeLinker()
          .downcallHandle(
              LIBRARY.findOrThrow(name),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }
  }
}
