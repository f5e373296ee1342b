package dev.calotype.cache;

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

/** The function of {@code floor.c}, compiled with {@code gcc -O3} when it is first wanted. */
final class Floor {
  private static final MethodHandle HITS = compile();

  private Floor() {}

  /** Opens, reads a page, maps, touches, unmaps and closes, {@code count} times. */
  static long hits(MemorySegment file, long count) {
    try {
      long sum = (long) HITS.invokeExact(file, count);
      if (sum < 0) {
        throw new IllegalStateException("the floor failed");
      }
      return sum;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle compile() {
    try {
      Path library = Files.createTempDirectory("floor").resolve("floor.so");
      String source = "bench/dev/calotype/cache/floor.c";
      Process gcc =
          new ProcessBuilder("gcc", "-O3", "-shared", "-fPIC", "-o", library.toString(), source)
              .inheritIO()
              .start();
      if (gcc.waitFor() != 0) {
        throw new IllegalStateException("gcc failed");
      }
      return Linker.nativeLinker()
          .downcallHandle(
              SymbolLookup.libraryLookup(library, Arena.global()).findOrThrow("hits"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
