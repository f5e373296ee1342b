package dev.calotype.split;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/** The function of {@code copy.c}, compiled with {@code gcc -O3} against OpenSSL. */
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
    try {
      Path library = Files.createTempDirectory("peer").resolve("copy.so");
      Process gcc =
          new ProcessBuilder(
                  "gcc",
                  "-O3",
                  "-shared",
                  "-fPIC",
                  "-o",
                  library.toString(),
                  "bench/dev/calotype/split/copy.c",
                  "-lcrypto")
              .inheritIO()
              .start();
      if (gcc.waitFor() != 0) {
        throw new IllegalStateException("gcc failed; it needs OpenSSL's headers (libssl-dev)");
      }
      return Linker.nativeLinker()
          .downcallHandle(
              SymbolLookup.libraryLookup(library, Arena.global()).findOrThrow("copy"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS,
                  ValueLayout.ADDRESS));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
