package dev.calotype.load;

import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of versions, as {@code GLIBC_2.34} and {@code GLIBCXX_3.4.30}: a family and a number. */
final class VersionNames {
  private static final Pattern DOT = Pattern.compile("\\.");

  private VersionNames() {}

  /** The highest name of the same family; none if no name of it has a number. */
  static Optional<String> highest(Collection<String> names, String like) {
    String family = family(like);
    return names.stream()
        .filter(name -> family(name).equals(family) && isNumber(name.substring(family.length())))
        .max((left, right) ->
            compare(left.substring(family.length()), right.substring(family.length())));
  }

  private static String family(String name) {
    return name.substring(0, name.lastIndexOf('_') + 1);
  }

  private static boolean isNumber(String text) {
    return text.matches("\\d{1,9}(\\.\\d{1,9})*");
  }

  private static int compare(String left, String right) {
    return Arrays.compare(numbers(left), numbers(right));
  }

  private static int[] numbers(String text) {
    return DOT.splitAsStream(text).mapToInt(Integer::parseInt).toArray();
  }
}
