package dev.calotype;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** C code that benchmarks compare with, compiled with {@code gcc -O3} when it is first wanted. */
public final class CLibrary {
  private CLibrary() {}

  /**
   * Compiles a file and loads it for good.
   *
   * @param source below {@code bench/dev/calotype}
   * @param more arguments: libraries it needs, for example
   */
  @SuppressWarnings("restricted")
  public static SymbolLookup compile(String source, String... more) {
    try {
      Path library = Files.createTempFile("bench", ".so");
      library.toFile().deleteOnExit();
      List<String> command =
          new ArrayList<>(List.of("gcc", "-O3", "-shared", "-fPIC", "-o", library.toString()));
      command.add("bench/dev/calotype/" + source);
      command.addAll(List.of(more));
      if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
        throw new IllegalStateException("gcc failed: " + String.join(" ", command));
      }
      return SymbolLookup.libraryLookup(library, Arena.global());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
