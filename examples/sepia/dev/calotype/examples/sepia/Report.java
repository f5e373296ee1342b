package dev.calotype.examples.sepia;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was done for each module, and why: what {@code --explain} prints. */
final class Report {
  /** What stands in a program's line, where a module has its name; no module can be called so. */
  static final String PROGRAM = "(program)";

  private final List<Line> lines = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private Optional<Line> program = Optional.empty();
  private final long start = System.nanoTime();

  /** What became of a module. */
  enum Outcome {
    /** Nothing had to be done. */
    FRESH,
    /** Code was added to data that is as it was. */
    CODE,
    /** All of it was compiled. */
    COMPILED,
    /** The modules were linked: of programs only. */
    LINKED
  }

  /**
   * A module's line.
   *
   * @param module its name
   * @param outcome what became of it
   * @param causes why, in clauses
   * @param nanos how long it took
   */
  record Line(String module, Outcome outcome, List<String> causes, long nanos) {
    Line {
      causes = List.copyOf(causes);
    }
  }

  void add(Line line) {
    lines.add(line);
  }

  /** Sets the line of the program, which is no module. */
  void setProgram(Line line) {
    program = Optional.of(line);
  }

  /** Adds a sentence about the whole. */
  void note(String sentence) {
    notes.add(sentence);
  }

  List<Line> lines() {
    return lines;
  }

  /** How many modules came to this. */
  long count(Outcome outcome) {
    return lines.stream().filter(line -> line.outcome() == outcome).count();
  }

  /** The lines, ready to be printed. */
  List<String> text() {
    List<String> text = new ArrayList<>(notes);
    int width =
        lines.stream().mapToInt(line -> line.module().length()).reduce(PROGRAM.length(), Math::max);
    lines.forEach(line -> text.add(text(line, width)));
    program.ifPresent(line -> text.add(text(line, width)));
    text.add(
        "%d modules: %d fresh, %d with new code, %d compiled; %.1f ms"
            .formatted(
                lines.size(),
                count(Outcome.FRESH),
                count(Outcome.CODE),
                count(Outcome.COMPILED),
                (System.nanoTime() - start) / 1e6));
    return text;
  }

  private static String text(Line line, int width) {
    String outcome =
        switch (line.outcome()) {
          case FRESH -> "fresh";
          case CODE -> "new code";
          case COMPILED -> "compiled";
          case LINKED -> "linked";
        };
    return ("%-" + Math.max(1, width) + "s  %-8s %7.1f ms  %s")
        .formatted(line.module(), outcome, line.nanos() / 1e6, String.join("; ", line.causes()))
        .stripTrailing();
  }
}
