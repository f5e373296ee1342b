package dev.calotype.split;

import dev.calotype.bench.CLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The function of {@code copy.c}, compiled with {@code gcc -O3} against OpenSSL. */
final class CCopy {
  private static final CLibrary LIBRARY = CLibrary.compile("split/copy.c", "-lcrypto");

  private CCopy() {}

  /** Whether there is a compiler, with OpenSSL, for the benches of these names. */
  static boolean isThereFor(BenchmarkParams running, String... benches) {
    return LIBRARY.isThereFor(running, benches);
  }

  /** Reads, digests and writes a file; returns its size. */
  static long copy(Path from, Path to) {
    try (Arena arena = Arena.ofConfined()) {
      long size =
          (long)
              Handles.COPY.invokeExact(
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

  /** A constant; made when it is first called. */
  private static final class Handles {
    private static final MethodHandle COPY =
        LIBRARY.handle(
            "copy",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));
  }
}
