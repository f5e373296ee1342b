package dev.calotype.image;

import dev.calotype.bench.CLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The walks of walks.c, compiled with {@code gcc -O3} when a benchmark first asks for them. */
final class CWalks {
  private static final CLibrary LIBRARY = CLibrary.compile("image/walks.c");

  private CWalks() {}

  /** Whether there is a compiler for the benches of these names. */
  static boolean isThereFor(BenchmarkParams running, String... benches) {
    return LIBRARY.isThereFor(running, benches);
  }

  /** The sum of the offsets found. */
  static long find(MemorySegment file, MemorySegment name, long times) {
    try {
      return (long) Handles.FIND.invokeExact(file, file.byteSize(), name, times);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** The same, opening, mapping, unmapping and closing the file each time. */
  static long openFind(MemorySegment path, MemorySegment name, long times) {
    try {
      return (long) Handles.OPEN_FIND.invokeExact(path, name, times);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** The sum of the lengths of all dynamic symbols' names. */
  static long symbols(MemorySegment file, long times) {
    try {
      return (long) Handles.SYMBOLS.invokeExact(file, file.byteSize(), times);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Constants, so that the calls are inlined; made when one is first called. */
  private static final class Handles {
    private static final FunctionDescriptor FIND_TYPE =
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG);
    private static final FunctionDescriptor OPEN_FIND_TYPE =
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final FunctionDescriptor SYMBOLS_TYPE =
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);

    private static final MethodHandle FIND = LIBRARY.handle("find_times", FIND_TYPE);
    private static final MethodHandle OPEN_FIND = LIBRARY.handle("open_find_times", OPEN_FIND_TYPE);
    private static final MethodHandle SYMBOLS = LIBRARY.handle("symbols_times", SYMBOLS_TYPE);
  }
}
