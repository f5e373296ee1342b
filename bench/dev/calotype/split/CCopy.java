package dev.calotype.split;

import dev.calotype.CLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** The function of {@code copy.c}, compiled against OpenSSL (libssl-dev). */
final class CCopy {
  private static final MethodHandle COPY = compile();

  private CCopy() {}

  /** Reads, digests and writes a file; returns its size. */
  static long copy(Path from, Path to) {
    try (Arena arena = Arena.ofConfined()) {
      long size =
          (long)
              COPY.invokeExact(
                  arena.allocateFrom(from.toString()),
                  arena.allocateFrom(to.toString()),
                  arena.allocate(1));
      if (size < 0) {
        throw new IllegalStateException("the peer failed");
      }
      return size;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle compile() {
    return Linker.nativeLinker()
        .downcallHandle(
            CLibrary.compile("split/copy.c", "-lcrypto").findOrThrow("copy"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));
  }
}
