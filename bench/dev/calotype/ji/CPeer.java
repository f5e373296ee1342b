package dev.calotype.ji;

import dev.calotype.bench.CLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The functions of {@code peer.c}, compiled with {@code gcc -O3} when they are first wanted. */
final class CPeer {
  private static final CLibrary LIBRARY = CLibrary.compile("ji/peer.c");

  private CPeer() {}

  /** Whether there is a compiler for the benches of these names. */
  static boolean isThereFor(BenchmarkParams running, String... benches) {
    return LIBRARY.isThereFor(running, benches);
  }

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

  /** Constants, so that the calls are inlined. */
  private static final class Handles {
    private static final MethodHandle HEADER_CHECKS = handle("header_checks");
    private static final MethodHandle STATS = handle("stats");

    private static MethodHandle handle(String name) {
      return LIBRARY.handle(
          name,
          FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
    }
  }
}
