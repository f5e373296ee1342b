package dev.calotype.examples.endive;

import dev.calotype.cache.Store;
import dev.calotype.cache.StoreConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/** Calls a function of a Wasm module, compiled before or now. */
public final class RunWasm {
  private static final Pattern COMMA = Pattern.compile(",");

  private RunWasm() {}

  /**
   * Prints the result and how it came about. Takes a folder for the store, a module, the numbers of
   * the functions to interpret, as {@code 1,2}, or {@code -}, a function's name and its numbers.
   */
  public static void main(String[] args) throws IOException {
    IO.println(run(args));
  }

  /** What {@link #main} prints. */
  public static String run(String... args) throws IOException {
    WasmModule module = Parser.parse(Path.of(args[1]));
    CompileOptions options = new CompileOptions(numbers(args[2]), 0);
    String function = args[3];
    long[] numbers = Arrays.stream(args).skip(4).mapToLong(Long::parseLong).toArray();
    try (Store store = Store.open(StoreConfig.in(Path.of(args[0])))) {
      StoreCache cache = StoreCache.of(store, options);
      Instance instance =
          Instance.builder(module)
              .withMachineFactory(options.builder(module).withCache(cache).compile())
              .build();
      long result = instance.export(function).apply(numbers)[0];
      String how =
          cache.miss().map(why -> "compiled, " + why.reason().id()).orElse("from the store");
      return "%d (%s)".formatted(result, how);
    }
  }

  private static Set<Integer> numbers(String text) {
    return text.equals("-")
        ? Set.of()
        : COMMA.splitAsStream(text).map(Integer::valueOf).collect(Collectors.toSet());
  }
}
