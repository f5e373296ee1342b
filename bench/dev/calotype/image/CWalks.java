package dev.calotype.image;

import dev.calotype.CLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The walks of walks.c, compiled with {@code gcc -O3} when a benchmark first asks for them. */
final class CWalks {
  private static final FunctionDescriptor FIND =
      FunctionDescriptor.of(
          ValueLayout.JAVA_LONG,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG);
  private static final FunctionDescriptor OPEN_FIND =
      FunctionDescriptor.of(
          ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
  private static final FunctionDescriptor SYMBOLS =
      FunctionDescriptor.of(
          ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);

  private final MethodHandle find;
  private final MethodHandle openFind;
  private final MethodHandle symbols;

  /** Compiles and loads them. */
  @SuppressWarnings("restricted")
  CWalks() {
    SymbolLookup library = CLibrary.compile("image/walks.c", "-Isrc/main/native");
    Linker linker = Linker.nativeLinker();
    find = linker.downcallHandle(library.findOrThrow("find_times"), FIND);
    openFind = linker.downcallHandle(library.findOrThrow("open_find_times"), OPEN_FIND);
    symbols = linker.downcallHandle(library.findOrThrow("symbols_times"), SYMBOLS);
  }

  /** The sum of the offsets found. */
  long find(MemorySegment file, MemorySegment name, long times) {
    try {
      return (long) find.invokeExact(file, file.byteSize(), name, times);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** The same, opening, mapping, unmapping and closing the file each time. */
  long openFind(MemorySegment path, MemorySegment name, long times) {
    try {
      return (long) openFind.invokeExact(path, name, times);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** The sum of the lengths of all dynamic symbols' names. */
  long symbols(MemorySegment file, long times) {
    try {
      return (long) symbols.invokeExact(file, file.byteSize(), times);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
