package dev.calotype.examples.sepia;

import java.util.List;
import java.util.Map;

/** Functions that are always there, and fit one signature each. {@link Checker} knows the rest. */
final class Builtins {
  private static final Map<String, Signature> ALL =
      Map.of(
          "sqrt", new Signature(List.of(Type.FLOAT), Type.FLOAT),
          "slice", new Signature(List.of(Type.BYTES, Type.INT, Type.INT), Type.BYTES),
          "byte", new Signature(List.of(Type.INT), Type.BYTES),
          "parse", new Signature(List.of(Type.BYTES), Type.INT),
          "args", new Signature(List.of(), Type.INT),
          "arg", new Signature(List.of(Type.INT), Type.BYTES),
          "float", new Signature(List.of(Type.INT), Type.FLOAT),
          "int", new Signature(List.of(Type.FLOAT), Type.INT));

  private Builtins() {}

  static boolean has(String name) {
    return ALL.containsKey(name)
        || name.equals("len")
        || name.equals("text")
        || name.equals("print");
  }

  static Map<String, Signature> simple() {
    return ALL;
  }
}
