package dev.calotype.os;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls functions of the C library, all of them through one handle: six words in, one out, and
 * {@link Errno} beside. The first call of each shape costs a JVM several milliseconds, which is
 * most of what loading code takes then, and the machines of {@link NativeAccess} pass words in
 * registers whatever the function declares: so there is one shape.
 *
 * <p>A pointer is an address here, which keeps nothing alive: it is of memory that the caller holds
 * by an open arena, or that a thread or class holds. Of an {@code int} that is returned only the
 * lower half counts.
 */
final class Call {
  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;
  private static final MethodHandle HANDLE =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(WORD, WORD, WORD, WORD, WORD, WORD, WORD),
              Linker.Option.captureCallState("errno"));

  private Call() {}

  /** Calls something harmless, so that the first call is over. */
  static void prepare() {
    of(function("getpid"), 0);
  }

  /** The address of a function. */
  static MemorySegment function(String name) {
    return Linker.nativeLinker().defaultLookup().findOrThrow(name);
  }

  static long of(MemorySegment function, long a) {
    return of(function, a, 0, 0, 0, 0, 0);
  }

  static long of(MemorySegment function, long a, long b) {
    return of(function, a, b, 0, 0, 0, 0);
  }

  static long of(MemorySegment function, long a, long b, long c) {
    return of(function, a, b, c, 0, 0, 0);
  }

  static long of(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) HANDLE.invokeExact(function, Errno.ofThread(), a, b, c, d, e, f);
    } catch (Throwable thrown) {
      // By its type a handle may throw anything; these functions throw nothing.
      throw thrown instanceof Error error ? error : new AssertionError(thrown);
    }
  }
}
