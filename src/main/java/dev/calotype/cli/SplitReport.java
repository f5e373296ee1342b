package dev.calotype.cli;

import dev.calotype.image.Target;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Shape;
import dev.calotype.split.ExportedSymbol;
import dev.calotype.split.ObjectSplit;
import dev.calotype.split.SectionChoice;
import dev.calotype.split.Split;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What went where in a split.
 *
 * @param image the image's name
 * @param split the plan that was carried out
 * @param data the data file
 * @param code the code object
 * @param shared in the shape needed, the data as a shared object
 * @param id the content id of the data
 */
record SplitReport(
    String image, Plan split, Half data, Half code, Optional<Half> shared, DataId id) {
  private static final int MOST_NAMES = 4;

  /**
   * A file that was written.
   *
   * @param file its name
   * @param size its size in bytes
   */
  record Half(String file, long size) {}

  /**
   * What both kinds of split tell.
   *
   * @param shape how the code finds its data
   * @param target what the image was made for
   * @param size its size in bytes
   * @param choices what went where
   * @param exports what the data has to export
   */
  record Plan(
      Shape shape,
      Target target,
      long size,
      List<SectionChoice> choices,
      List<ExportedSymbol> exports) {
    static Plan of(Split split) {
      return new Plan(Shape.DETACHED, split.target(), split.size(), split.choices(), List.of());
    }

    static Plan of(ObjectSplit split) {
      return new Plan(
          split.shape(), split.target(), split.size(), split.choices(), split.exports());
    }
  }

  /** How many bytes of the image went to the data file. */
  long dataBytes() {
    return split.choices().stream()
        .filter(SectionChoice::moves)
        .mapToLong(SectionChoice::size)
        .sum();
  }

  /** How many bytes of the image are instructions. */
  long codeBytes() {
    return split.choices().stream()
        .filter(SectionChoice::executable)
        .mapToLong(SectionChoice::size)
        .sum();
  }

  void print(Terminal terminal) {
    PrintWriter out = terminal.out();
    out.println(
        "%s: %s, %s"
            .formatted(
                terminal.bold(Text.escape(image)), split.target().id(), Text.size(split.size())));
    out.println();
    sections(out);
    out.println();
    totals(out);
    out.println();
    Table files = new Table(out, "  ", "Written", ">Size", "");
    files.row(data.file, Text.size(data.size), "data, id " + id.hex());
    files.row(code.file, Text.size(code.size), "code, belongs to that data");
    shared.ifPresent(half ->
        files.row(
            half.file, Text.size(half.size), "the data as a shared object, to link and load with"));
    files.print();
    if (!split.exports().isEmpty()) {
      out.println();
      Table exports = new Table(out, "  ", "Exported", "Section", ">Offset", ">Size");
      for (ExportedSymbol export : split.exports()) {
        exports.row(
            Text.escape(export.name()),
            Text.escape(export.section()),
            export.offset() + "",
            export.size() + "");
      }
      exports.print();
    }
  }

  /** What moves section by section, then the code, then all else by the reason why it stays. */
  private void sections(PrintWriter out) {
    Table table = new Table(out, "  ", "Section", ">Size", ">Share", "Goes to", "Why");
    List<SectionChoice> bySize = new ArrayList<>(split.choices());
    bySize.sort(Comparator.comparingLong(SectionChoice::size).reversed());
    Map<String, List<SectionChoice>> code = new LinkedHashMap<>();
    Map<String, List<SectionChoice>> rest = new LinkedHashMap<>();
    for (SectionChoice choice : bySize) {
      if (choice.moves()) {
        row(table, List.of(choice), "data file", "read-only data");
      } else if (choice.executable()) {
        boolean isSmall = choice.size() < split.size() / 100;
        code.computeIfAbsent(isSmall ? "" : choice.name(), _ -> new ArrayList<>()).add(choice);
      } else {
        rest.computeIfAbsent(general(choice.reason()), _ -> new ArrayList<>()).add(choice);
      }
    }
    code.values()
        .forEach(choices -> row(table, choices, "code object", choices.getFirst().reason()));
    rest.forEach((reason, choices) -> row(table, choices, "code object", reason));
    table.print();
  }

  /** A reason without the detail in which its sections differ. */
  private static String general(String reason) {
    int detail = reason.indexOf(" (");
    return detail < 0 ? reason : reason.substring(0, detail);
  }

  private void row(Table table, List<SectionChoice> choices, String half, String why) {
    long size = choices.stream().mapToLong(SectionChoice::size).sum();
    table.row(names(choices), Text.size(size), Text.percent(size, split.size()), half, why);
  }

  private static String names(List<SectionChoice> choices) {
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < choices.size() && i < MOST_NAMES; i++) {
      names.append(i == 0 ? "" : " ").append(choices.get(i).name());
    }
    int more = choices.size() - MOST_NAMES;
    return names + (more > 0 ? " and " + more + " more" : "");
  }

  private void totals(PrintWriter out) {
    long other = Math.max(0, split.size() - dataBytes() - codeBytes());
    Table table = new Table(out, "  ", "", ">", ">", ">");
    total(table, "data", dataBytes());
    total(table, "code", codeBytes());
    total(table, "other", other);
    table.print();
  }

  private void total(Table table, String what, long bytes) {
    table.row(
        what, Text.grouped(bytes) + " bytes", Text.size(bytes), Text.percent(bytes, split.size()));
  }
}
