package dev.calotype.map;

import dev.calotype.os.Functions;
import dev.calotype.os.NativeAccess;
import dev.calotype.os.ffi.Posix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** What the benches ask of Linux, as constants and calls that the library has no use for. */
final class Kernel {
  /** Linux's, in uapi/asm-generic/mman-common.h. */
  static final int MADV_HUGEPAGE = 14;

  /** Linux's, from 5.14 on. */
  static final int MADV_POPULATE_READ = 22;

  private static final int PAGE = PageBytes.PAGE;
  private static final MethodHandle OPEN = Posix.open.makeInvoker().handle();

  private Kernel() {}

  /** Why it can't be asked, if it can't. */
  static Optional<String> missing() {
    return NativeAccess.isEnabled()
        ? Optional.empty()
        : Optional.of("needs native access on 64-bit Linux");
  }

  /** Opens a file for reading. */
  static int open(MemorySegment name) throws IOException {
    int descriptor;
    try {
      descriptor = (int) OPEN.invokeExact(name, Posix.O_RDONLY() | Posix.O_CLOEXEC());
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    if (descriptor < 0) {
      throw new IOException("open failed");
    }
    return descriptor;
  }

  /** Whether it took an advice. */
  static boolean advise(MemorySegment mapped, int advice) {
    return Posix.madvise(mapped, mapped.byteSize(), advice) == 0;
  }

  /** Asks it to forget a file's pages, which it does with those that nobody has mapped. */
  static void drop(int descriptor) throws IOException {
    if (Posix.posix_fadvise(descriptor, 0, 0, Posix.POSIX_FADV_DONTNEED()) != 0) {
      throw new IOException("posix_fadvise failed");
    }
  }

  /** Why a file's pages can't be dropped, if they can't. */
  static Optional<String> whyNotDropped(Path file) throws IOException {
    try (Arena arena = Arena.ofConfined();
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      MemorySegment states = arena.allocate(channel.size() / PAGE);
      int descriptor = open(arena.allocateFrom(file.toString()));
      drop(descriptor);
      Posix.close(descriptor);
      long left = resident(mapped, states);
      return left == 0
          ? Optional.empty()
          : Optional.of(
              "the system keeps %d of the file's %d pages".formatted(left, states.byteSize()));
    }
  }

  private static long resident(MemorySegment mapped, MemorySegment states) throws IOException {
    MethodHandle mincore =
        Functions.handle(
            Functions.common().find("mincore").orElseThrow(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS));
    int result;
    try {
      result = (int) mincore.invokeExact(mapped, mapped.byteSize(), states);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    if (result != 0) {
      throw new IOException("mincore failed");
    }
    long count = 0;
    for (long i = 0; i < states.byteSize(); i++) {
      count += states.get(ValueLayout.JAVA_BYTE, i) & 1;
    }
    return count;
  }
}
