package dev.calotype.examples.sepia.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a program is started the naive way: each module is a library that is loaded to see whether it
 * is the right one, and its metadata become objects. Prints the first result, and how long it took.
 */
public final class NaiveStart {
  private NaiveStart() {}

  /** What is known of a function. */
  public record Function(
      String name, List<String> types, List<String> parameters, String result, String doc)
      implements Serializable {}

  /** Takes the folder of the program and the number of modules. */
  public static void main(String[] args) throws Throwable {
    long start = System.nanoTime();
    Path folder = Path.of(args[0]);
    int modules = Integer.parseInt(args[1]);
    Map<String, Function> functions = new HashMap<>();
    SymbolLookup[] libraries = new SymbolLookup[modules];
    for (int i = 0; i < modules; i++) {
      libraries[i] = load(folder, BenchProgram.name(i), functions);
    }
    for (int i = 0; i + 1 < modules; i++) {
      MemorySegment cell = memory(libraries[i].findOrThrow("next"), 8);
      cell.set(ValueLayout.ADDRESS, 0, libraries[i + 1].findOrThrow("f0"));
    }
    MethodHandle first = handle(libraries[0].findOrThrow("f0"));
    long result = (long) first.invokeExact(1L);
    System.out.println(result);
    System.err.printf("%.1f ms from start to end%n", (System.nanoTime() - start) / 1e6);
  }

  private static SymbolLookup load(Path folder, String module, Map<String, Function> functions)
      throws IOException, ClassNotFoundException {
    Path naive = folder.resolve("naive");
    Path library = naive.resolve(module + ".so");
    Path source = folder.resolve(module + ".sepia");
    if (Files.getLastModifiedTime(source).compareTo(Files.getLastModifiedTime(library)) > 0) {
      throw new IOException(module + " is stale");
    }
    SymbolLookup lookup = lookup(library);
    String version = memory(lookup.findOrThrow("version"), 64).getString(0);
    if (!version.equals("sepia 1 " + module)) {
      throw new IOException(module + " is of another version");
    }
    try (ObjectInputStream in =
        new ObjectInputStream(
            new BufferedInputStream(Files.newInputStream(naive.resolve(module + ".meta"))))) {
      for (Object function : (List<?>) in.readObject()) {
        Function it = (Function) function;
        functions.put(module + "." + it.name(), it);
      }
    }
    return lookup;
  }

  @SuppressWarnings("restricted")
  private static SymbolLookup lookup(Path library) {
    return SymbolLookup.libraryLookup(library, Arena.global());
  }

  @SuppressWarnings("restricted")
  private static MemorySegment memory(MemorySegment address, long size) {
    return address.reinterpret(size);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(MemorySegment function) {
    return Linker.nativeLinker()
        .downcallHandle(
            function, FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
  }
}
