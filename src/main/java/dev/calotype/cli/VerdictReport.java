package dev.calotype.cli;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.ji.Cause;
import dev.calotype.ji.Validity;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;

/** A verdict, for {@code check}. */
final class VerdictReport {
  private static final String INDENT = "         ";

  private VerdictReport() {}

  static void text(Verdict verdict, String file, Terminal terminal) {
    PrintWriter out = terminal.out();
    String word = verdict.word();
    String gap = " ".repeat(INDENT.length() - word.length());
    String styled =
        switch (verdict.code()) {
          case DONE -> terminal.green(word);
          case DAMAGED -> terminal.red(word);
          default -> terminal.yellow(word);
        };
    out.println(
        styled
            + gap
            + terminal.bold(Text.escape(file))
            + "  ("
            + (isKnown(verdict) ? verdict.isCode() ? "code object, " : "data file, " : "")
            + verdict.tier()
            + " check"
            + verdict.dataId().map(id -> ", data " + id.shortHex()).orElse("")
            + ")");
    if (verdict.validity() instanceof Validity.Stale stale) {
      Table causes = new Table(out, INDENT, "Cause", "Expected", "Actual");
      for (Cause cause : stale.causes()) {
        causes.row(
            cause.id(),
            Verdict.readable(cause, cause.expected()),
            Verdict.readable(cause, cause.actual()));
      }
      causes.print();
    }
    if (verdict.validity() instanceof Validity.Damaged bad) {
      String where = bad.structure() + " at offset " + Text.grouped(bad.offset());
      out.println(INDENT + Text.escape(where + ": " + bad.reason()));
    }
    if (verdict.validity() instanceof Validity.Foreign foreign) {
      out.println(INDENT + Text.escape("it is " + foreign.found()));
    }
    if (!verdict.advice().isEmpty()) {
      out.println(INDENT + verdict.advice());
    }
  }

  /** One object: docs/check-json.md. */
  static void json(Verdict verdict, String file, PrintWriter out) {
    JsonLines.print(
        out,
        json -> {
          json.writeStringField("file", file);
          if (isKnown(verdict)) {
            json.writeStringField("kind", verdict.isCode() ? "code" : "data");
          }
          json.writeStringField("verdict", verdict.word());
          json.writeStringField("tier", verdict.tier());
          json.writeArrayFieldStart("causes");
          for (Cause cause : causes(verdict)) {
            json.writeStartObject();
            json.writeStringField("code", cause.id());
            if (!cause.subject().isEmpty()) {
              json.writeStringField("subject", cause.subject());
            }
            json.writeStringField("expected", cause.expected());
            json.writeStringField("actual", cause.actual());
            json.writeEndObject();
          }
          json.writeEndArray();
          if (verdict.validity() instanceof Validity.Damaged bad) {
            json.writeStringField("structure", bad.structure());
            JsonLines.unsigned(json, "offset", bad.offset());
            json.writeStringField("reason", bad.reason());
          }
          if (verdict.validity() instanceof Validity.Foreign foreign) {
            json.writeStringField("found", foreign.found());
            json.writeStringField("foreign", idOf(foreign.kind()));
          }
          Optional<String> id = verdict.dataId().map(Object::toString);
          if (id.isPresent()) {
            json.writeStringField("dataId", id.get());
          }
        });
  }

  private static String idOf(UnsupportedFormatException.Kind kind) {
    return switch (kind) {
      case OTHER_FORMAT -> "other-format";
      case TOO_OLD -> "too-old";
      case TOO_NEW -> "too-new";
    };
  }

  /** Whether it is known which half the file is. */
  private static boolean isKnown(Verdict verdict) {
    return verdict.kind() != Verdict.Kind.FOREIGN && verdict.kind() != Verdict.Kind.ABSENT;
  }

  private static List<Cause> causes(Verdict verdict) {
    return verdict.validity() instanceof Validity.Stale stale ? stale.causes() : List.of();
  }
}
