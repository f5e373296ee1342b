package dev.calotype.load;

import dev.calotype.ji.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Why a library does not fit, for people. */
final class FitText {
  private FitText() {}

  static String sentence(String file, List<Cause> causes) {
    List<String> clauses = new ArrayList<>();
    for (Cause cause : causes) {
      if (cause.code() == Cause.Code.SYMBOL_VERSION) {
        Optional<String> clause = versions(cause, causes);
        clause.filter(it -> !clauses.contains(it)).ifPresent(clauses::add);
      } else {
        clauses.add(clause(cause));
      }
    }
    return "%s can't be loaded here: %s".formatted(file, String.join("; ", clauses));
  }

  private static String clause(Cause cause) {
    return switch (cause.code()) {
      case TARGET -> "it is for %s, and this is %s".formatted(cause.actual(), cause.expected());
      case FILE_TYPE -> "it is %s, and no shared library".formatted(cause.actual());
      case LIBC ->
          "it was made for %s, and this system has %s".formatted(cause.actual(), cause.expected());
      case PAGE_SIZE ->
          "it was laid out for pages of %s bytes, and they have %s here"
              .formatted(cause.actual(), cause.expected());
      case FEATURE -> "it needs a processor with " + cause.subject();
      case LIBRARY ->
          cause.actual().isEmpty()
              ? "it needs %s, which is not there".formatted(cause.subject())
              : "it needs %s, of which there is only %s".formatted(cause.subject(), cause.actual());
      case SYMBOL -> "nothing here has the symbol %s that it needs".formatted(cause.subject());
      case NOEXEC -> "nothing may be executed below %s".formatted(cause.actual());
      default -> cause.toString();
    };
  }

  /** One clause for all versions that a library lacks. */
  private static Optional<String> versions(Cause cause, List<Cause> causes) {
    List<String> names =
        causes.stream()
            .filter(it -> it.code() == cause.code() && it.subject().equals(cause.subject()))
            .map(Cause::expected)
            .sorted()
            .toList();
    String all =
        names.size() == 1
            ? names.getFirst()
            : String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
    return Optional.of(
        "it needs %s of %s, which has %s"
            .formatted(
                all,
                cause.subject(),
                cause.actual().isEmpty() ? "no such version" : "versions up to " + cause.actual()));
  }
}
