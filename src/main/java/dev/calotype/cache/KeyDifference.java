package dev.calotype.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A field in which another key differs from the one that was looked for.
 *
 * @param field its name; {@code compiler} for the identity of the compiler
 * @param expected its value in the key that was looked for; empty if it has none
 * @param actual its value in the other; empty if it has none
 */
public record KeyDifference(String field, Optional<String> expected, Optional<String> actual) {
  private static final String COMPILER = "compiler";

  /** All of them: the compiler first, then by name. */
  static List<KeyDifference> between(Key wanted, Key other) {
    List<KeyDifference> differences = new ArrayList<>();
    String compiler = wanted.fields().compiler();
    if (!compiler.equals(other.fields().compiler())) {
      differences.add(
          new KeyDifference(
              COMPILER, Optional.of(compiler), Optional.of(other.fields().compiler())));
    }
    Map<String, Field> expected = wanted.fields().all();
    Map<String, Field> actual = other.fields().all();
    for (Map.Entry<String, Field> entry : expected.entrySet()) {
      Optional<Field> found = Optional.ofNullable(actual.get(entry.getKey()));
      if (found.isEmpty() || !found.get().equals(entry.getValue())) {
        differences.add(of(entry.getKey(), Optional.of(entry.getValue()), found));
      }
    }
    for (Map.Entry<String, Field> entry : actual.entrySet()) {
      if (!expected.containsKey(entry.getKey())) {
        differences.add(of(entry.getKey(), Optional.empty(), Optional.of(entry.getValue())));
      }
    }
    return differences;
  }

  private static KeyDifference of(String name, Optional<Field> expected, Optional<Field> actual) {
    Optional<String> one = expected.map(Field::show);
    Optional<String> other = actual.map(Field::show);
    boolean sameWords = one.isPresent() && one.equals(other);
    return sameWords
        ? new KeyDifference(
            name, expected.map(KeyDifference::typed), actual.map(KeyDifference::typed))
        : new KeyDifference(name, one, other);
  }

  /** For values of two types that people write alike, as the text 1 and the number 1. */
  private static String typed(Field field) {
    String type =
        switch (field) {
          case Field.Text _ -> "text";
          case Field.Int _ -> "number";
          case Field.Flag _ -> "flag";
          case Field.Bytes _ -> "bytes";
          case Field.Data _ -> "data id";
          case Field.Texts texts -> texts.value().size() + " texts";
        };
    return field.show() + " (" + type + ")";
  }
}
