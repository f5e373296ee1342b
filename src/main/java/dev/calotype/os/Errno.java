package dev.calotype.os;

import dev.calotype.os.ffi.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Why a call failed. The JVM makes calls of its own, so the number is taken along with each. */
final class Errno {
  private static final ThreadLocal<MemorySegment> MINE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(Linker.Option.captureStateLayout()));

  private Errno() {}

  /** Where this thread's calls put the number. */
  static MemorySegment ofThread() {
    return MINE.get();
  }

  /** The number that the last failed call of this thread put there. */
  static int last() {
    return MINE.get().get(ValueLayout.JAVA_INT, 0);
  }

  /** The last number as an exception. */
  static IOException exception(String what) {
    return new IOException("%s: %s".formatted(what, Posix.strerror(last()).getString(0)));
  }
}
