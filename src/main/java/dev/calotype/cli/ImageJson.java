package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.image.Image;
import dev.calotype.image.Note;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import dev.calotype.ji.CodeNote;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Optional;

/** An image as one JSON object: docs/inspect-json.md. */
final class ImageJson {
  private final Inspection inspection;
  private final Image image;
  private final JsonGenerator json;

  private ImageJson(Inspection inspection, JsonGenerator json) {
    this.inspection = inspection;
    this.image = inspection.image();
    this.json = json;
  }

  static void print(Inspection inspection, PrintWriter out) {
    JsonLines.print(out, json -> new ImageJson(inspection, json).write());
  }

  private void write() throws IOException {
    json.writeStringField("file", inspection.file());
    json.writeStringField("format", image.target().format().id());
    json.writeNumberField("bits", image.target().bits());
    json.writeStringField("endian", image.target().endian());
    json.writeStringField("arch", image.target().architecture());
    json.writeStringField("type", image.type());
    json.writeNumberField("size", image.bytes().byteSize());
    if (inspection.note().isPresent()) {
      CodeNote note = inspection.note().get();
      json.writeObjectFieldStart("codeObject");
      json.writeStringField("shape", note.shape().id());
      json.writeStringField("dataId", note.dataId().hex());
      json.writeStringField("target", note.target());
      json.writeEndObject();
    }
    part(to -> to.writeStringField("buildId", image.buildId().orElse(null)));
    part(to -> {
      to.writeArrayFieldStart("needed");
      for (String library : image.needed()) {
        to.writeString(library);
      }
      to.writeEndArray();
    });
    part(this::segments);
    part(this::sections);
    part(this::notes);
    part(to -> symbols(to, "symbols", image.symbols()));
    part(to -> symbols(to, "dynamicSymbols", image.dynamicSymbols()));
    Optional<Failure> damage = inspection.damage();
    if (damage.isPresent()) {
      json.writeStringField("error", damage.get().reason());
    }
  }

  private void part(JsonLines.Content fields) {
    inspection.part(
        () -> JsonLines.rehearse(fields),
        () -> {
          try {
            fields.write(json);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void segments(JsonGenerator to) throws IOException {
    to.writeArrayFieldStart("segments");
    for (Segment segment : image.segments()) {
      to.writeStartObject();
      to.writeStringField("type", segment.type());
      JsonLines.unsigned(to, "address", segment.address());
      JsonLines.unsigned(to, "offset", segment.offset());
      JsonLines.unsigned(to, "fileSize", segment.fileSize());
      JsonLines.unsigned(to, "size", segment.size());
      JsonLines.unsigned(to, "alignment", segment.alignment());
      to.writeStringField("protection", segment.protection());
      to.writeEndObject();
    }
    to.writeEndArray();
  }

  private void sections(JsonGenerator to) throws IOException {
    to.writeArrayFieldStart("sections");
    for (Section section : image.sections()) {
      to.writeStartObject();
      to.writeStringField("name", section.name());
      to.writeStringField("type", section.type());
      JsonLines.unsigned(to, "address", section.address());
      JsonLines.unsigned(to, "offset", section.offset());
      JsonLines.unsigned(to, "size", section.size());
      JsonLines.unsigned(to, "fileSize", section.fileSize());
      JsonLines.unsigned(to, "alignment", section.alignment());
      to.writeBooleanField("loaded", section.isLoaded());
      to.writeBooleanField("writable", section.isWritable());
      to.writeBooleanField("executable", section.isExecutable());
      to.writeEndObject();
    }
    to.writeEndArray();
  }

  private void notes(JsonGenerator to) throws IOException {
    to.writeArrayFieldStart("notes");
    for (Note note : image.notes()) {
      to.writeStartObject();
      to.writeStringField("owner", note.owner());
      to.writeNumberField("type", note.type());
      JsonLines.unsigned(to, "offset", note.offset());
      to.writeNumberField("size", note.descriptor().byteSize());
      to.writeEndObject();
    }
    to.writeEndArray();
  }

  private void symbols(JsonGenerator to, String field, SymbolTable symbols) throws IOException {
    if (!inspection.listsSymbols()) {
      to.writeNumberField(field, symbols.count());
      return;
    }
    to.writeArrayFieldStart(field);
    for (Symbol symbol : symbols) {
      to.writeStartObject();
      to.writeStringField("name", symbol.name());
      to.writeStringField("type", symbol.type());
      to.writeStringField("binding", symbol.binding());
      to.writeBooleanField("defined", symbol.isDefined());
      JsonLines.unsigned(to, "address", symbol.value());
      JsonLines.unsigned(to, "size", symbol.size());
      to.writeEndObject();
    }
    to.writeEndArray();
  }
}
