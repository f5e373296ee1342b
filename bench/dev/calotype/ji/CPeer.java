package dev.calotype.ji;

import dev.calotype.CLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The functions of {@code peer.c}. */
final class CPeer {
  private static final SymbolLookup LIBRARY = CLibrary.compile("ji/peer.c");

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
