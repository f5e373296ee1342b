package dev.calotype.cache;

import dev.calotype.bench.CLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The function of floor.c, compiled with {@code gcc -O3} when it is first wanted. */
final class Floor {
  private static final CLibrary LIBRARY = CLibrary.compile("cache/floor.c");

  private Floor() {}

  /** Does nothing if there is a compiler for the bench of this name. */
  static void requireFor(BenchmarkParams running, String bench) {
    LIBRARY.isThereFor(running, bench);
  }

  /** Opens, reads a page, maps, touches, unmaps and closes, {@code count} times. */
  static long hits(MemorySegment file, long count) {
    long sum;
    try {
      sum = (long) Handles.HITS.invokeExact(file, count);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    if (sum < 0) {
      throw new IllegalStateException("the floor failed");
    }
    return sum;
  }

  /** A constant, so that the call is inlined. */
  private static final class Handles {
    private static final MethodHandle HITS =
        LIBRARY.handle(
            "hits",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
  }
}
