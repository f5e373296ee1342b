package dev.calotype.examples.sepia;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a caller knows of a function.
 *
 * @param parameters their types
 * @param result its type
 */
record Signature(List<Type> parameters, Type result) {
  Signature {
    parameters = List.copyOf(parameters);
  }

  static Signature of(Syntax.Function function) {
    return new Signature(
        function.parameters().stream().map(Syntax.Parameter::type).toList(), function.result());
  }

  /** As a code note has it: {@code (JD)P}. */
  String inNote() {
    return parameters.stream()
            .map(type -> String.valueOf(type.letter()))
            .collect(Collectors.joining("", "(", ")"))
        + result.letter();
  }

  /** As a program has it: {@code (int, float): bytes}. */
  @Override
  public String toString() {
    String all = parameters.stream().map(Type::word).collect(Collectors.joining(", ", "(", ")"));
    return result == Type.NOTHING ? all : all + ": " + result.word();
  }
}
