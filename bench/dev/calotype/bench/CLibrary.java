package dev.calotype.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Peers in C, compiled with {@code gcc -O3} for the JVM that runs a bench, if that is possible. */
public final class CLibrary {
  private final Optional<SymbolLookup> symbols;
  private final String missing;

  private CLibrary(Optional<SymbolLookup> symbols, String missing) {
    this.symbols = symbols;
    this.missing = missing;
  }

  /**
   * Compiles a source and loads it.
   *
   * @param source its path below {@code bench/dev/calotype}
   * @param more the compiler's other arguments, after the source
   */
  @SuppressWarnings("restricted")
  public static CLibrary compile(String source, String... more) {
    try {
      Path library = Files.createTempFile("peer", ".so");
      library.toFile().deleteOnExit();
      List<String> command =
          new ArrayList<>(
              List.of("gcc", "-O3", "-shared", "-fPIC", "-Isrc/main/native", "-o", library + ""));
      command.add("bench/dev/calotype/" + source);
      command.addAll(Arrays.asList(more));
      Process gcc;
      try {
        gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
      } catch (IOException e) {
        return new CLibrary(Optional.empty(), "there is no gcc");
      }
      String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (gcc.waitFor() != 0) {
        String error = said.lines().filter(line -> line.contains("error")).findFirst().orElse(said);
        return new CLibrary(Optional.empty(), "gcc failed: " + error.strip());
      }
      SymbolLookup symbols = SymbolLookup.libraryLookup(library, Arena.global());
      return new CLibrary(Optional.of(symbols), "");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Whether the functions can be called.
   *
   * @param running what JMH is about to run
   * @param methods the names of the benches that need it
   * @throws NotRun if it is missing and one of these is running
   */
  public boolean isThereFor(BenchmarkParams running, String... methods) {
    String name = running.getBenchmark();
    if (symbols.isEmpty()
        && Arrays.asList(methods).contains(name.substring(name.lastIndexOf('.') + 1))) {
      throw NotRun.because(running, missing);
    }
    return symbols.isPresent();
  }

  /** A handle of a function. */
  @SuppressWarnings("restricted")
  public MethodHandle handle(String name, FunctionDescriptor type) {
    SymbolLookup all = symbols.orElseThrow(() -> new IllegalStateException(missing));
    return Linker.nativeLinker().downcallHandle(all.findOrThrow(name), type);
  }
}
