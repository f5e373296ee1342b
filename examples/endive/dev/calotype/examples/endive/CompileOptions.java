package dev.calotype.examples.endive;

import dev.calotype.cache.Key;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.wasm.WasmModule;

/**
 * How a module is to be compiled.
 *
 * @param interpreted the functions that are left to the interpreter; empty for none
 * @param functionsPerClass how many go into one class at most; 0 for Endive's own number
 */
public record CompileOptions(Set<Integer> interpreted, int functionsPerClass) {
  /** Copies the set. */
  public CompileOptions {
    interpreted = Set.copyOf(interpreted);
  }

  /** Everything compiled. */
  public static CompileOptions standard() {
    return new CompileOptions(Set.of(), 0);
  }

  /** Tells Endive. */
  public MachineFactoryCompiler.Builder builder(WasmModule module) {
    return MachineFactoryCompiler.builder(module)
        .withInterpreterFallback(InterpreterFallback.FAIL)
        .withInterpretedFunctions(interpreted)
        .withMaxFunctionsPerClass(functionsPerClass);
  }

  /** The key with each option in it: code that was made otherwise is other code. */
  Key in(Key key) {
    List<String> functions = new TreeSet<>(interpreted).stream().map(String::valueOf).toList();
    return key.with("interpreted", functions).with("functions-per-class", functionsPerClass);
  }
}
