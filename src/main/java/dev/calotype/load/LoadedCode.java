package dev.calotype.load;

import dev.calotype.ji.CodeFunction;
import dev.calotype.os.Functions;
import dev.calotype.os.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/**
 * Code that was loaded and connected. Lives as long as the arena it was loaded into: afterwards its
 * handles throw {@link IllegalStateException}. Safe for use by the threads that may use the arena.
 */
public final class LoadedCode {
  private final Library library;
  private final Arena arena;
  private final List<CodeFunction> functions;
  private final Optional<String> keeper;

  LoadedCode(Library library, Arena arena, List<CodeFunction> functions, Optional<String> keeper) {
    this.library = library;
    this.arena = arena;
    this.functions = List.copyOf(functions);
    this.keeper = keeper;
  }

  /** The functions that the code's note declares. */
  public List<CodeFunction> functions() {
    return functions;
  }

  /**
   * A function that the note declares, as a handle of its declared type.
   *
   * @throws IllegalArgumentException if the note declares none of that name, or the code lacks it
   * @throws IllegalStateException if the arena is closed
   */
  public MethodHandle function(String name) {
    CodeFunction declared =
        functions.stream()
            .filter(function -> function.name().equals(name))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("no function " + name + " is declared"));
    return function(name, declared.type());
  }

  /**
   * A function of a type that the caller knows. Nothing checks it: a wrong one is undefined
   * behaviour.
   *
   * @param type {@code (PJ)I} for example: docs/code-note.md
   * @throws IllegalArgumentException if it is no type, or differs from the declared one, or there
   *     is no such symbol
   * @throws IllegalStateException if the arena is closed
   */
  public MethodHandle function(String name, String type) {
    FunctionDescriptor descriptor =
        FunctionType.of(type)
            .orElseThrow(() -> new IllegalArgumentException("'" + type + "' is no type"));
    for (CodeFunction declared : functions) {
      if (declared.name().equals(name) && !declared.type().equals(type)) {
        throw new IllegalArgumentException(
            "%s is declared as %s, not %s".formatted(name, declared.type(), type));
      }
    }
    MemorySegment symbol =
        symbol(name).orElseThrow(() -> new IllegalArgumentException("no symbol " + name));
    return Functions.handle(symbol, descriptor);
  }

  /**
   * The address of a symbol, as a segment of size 0 that lives as long as the code.
   *
   * @throws IllegalStateException if the arena is closed
   */
  public Optional<MemorySegment> symbol(String name) {
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException("the code is gone, as its arena was closed");
    }
    return library.find(name).map(found -> Functions.memory(found.address(), 0, arena));
  }

  /**
   * Why the loader will keep the code in memory after the arena is closed; empty if it will not.
   */
  public Optional<String> staysLoaded() {
    return keeper;
  }
}
