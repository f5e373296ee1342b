package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.ji.CodeFunction;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.Hole;
import dev.calotype.ji.ImportCell;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.SlotRun;
import java.io.IOException;

/** A code object's note as {@code inspect} shows it. */
final class NoteReport {
  private NoteReport() {}

  /** Writes the fields of {@code codeObject}: docs/inspect-json.md. */
  static void json(CodeNote note, JsonGenerator json) throws IOException {
    json.writeStringField("shape", note.shape().id());
    json.writeStringField("dataId", note.dataId().hex());
    json.writeStringField("target", note.target());
    if (!(note instanceof LinkedNote linked)) {
      return;
    }
    json.writeArrayFieldStart("slots");
    for (SlotRun run : linked.slots()) {
      json.writeStartObject();
      json.writeStringField("section", run.section());
      json.writeNumberField("address", run.address());
      json.writeNumberField("count", run.offsets().size());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("imports");
    for (ImportCell cell : linked.imports()) {
      json.writeStartObject();
      json.writeStringField("name", cell.name());
      json.writeStringField("type", cell.type());
      json.writeNumberField("address", cell.address());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("holes");
    for (Hole hole : linked.holes()) {
      json.writeStartObject();
      json.writeStringField("section", hole.section());
      json.writeNumberField("address", hole.address());
      json.writeNumberField("size", hole.size());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("functions");
    for (CodeFunction function : linked.functions()) {
      json.writeStartObject();
      json.writeStringField("name", function.name());
      json.writeStringField("type", function.type());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Adds rows to a table of facts. */
  static void text(CodeNote note, Table facts) {
    facts.row("code object", note.shape().id() + ", made for " + note.target());
    facts.row("of data", note.dataId().hex());
    if (!(note instanceof LinkedNote linked)) {
      return;
    }
    for (SlotRun run : linked.slots()) {
      facts.row(
          "slots",
          "%d for %s at %s"
              .formatted(run.offsets().size(), Text.escape(run.section()), at(run.address())));
    }
    for (ImportCell cell : linked.imports()) {
      facts.row(
          "import",
          "%s%s at %s".formatted(Text.escape(cell.name()), cell.type(), at(cell.address())));
    }
    for (Hole hole : linked.holes()) {
      facts.row(
          "hole",
          "%s for %s at %s"
              .formatted(
                  Text.exactSize(hole.size()), Text.escape(hole.section()), at(hole.address())));
    }
    for (CodeFunction function : linked.functions()) {
      facts.row("function", Text.escape(function.name()) + function.type());
    }
  }

  private static String at(long address) {
    return Text.hex(address);
  }
}
