package dev.calotype.examples.sepia;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What other modules know of a module: the functions that it exports.
 *
 * @param module its name
 * @param functions by name
 */
record Interface(String module, SortedMap<String, Signature> functions) {
  Interface {
    functions = Collections.unmodifiableSortedMap(new TreeMap<>(functions));
  }

  static Interface of(Syntax.Module module) {
    SortedMap<String, Signature> functions = new TreeMap<>();
    for (Syntax.Function function : module.functions()) {
      if (function.isExported()) {
        functions.put(function.name(), Signature.of(function));
      }
    }
    return new Interface(module.source().module(), functions);
  }

  /** The same text for the same interface: what depends on it depends on this. */
  String text() {
    StringBuilder text = new StringBuilder(module).append('\n');
    functions.forEach((name, signature) -> text.append(name).append(signature).append('\n'));
    return text.toString();
  }
}
