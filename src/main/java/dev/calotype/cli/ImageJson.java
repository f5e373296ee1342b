package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.image.Image;
import dev.calotype.image.Note;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import java.io.IOException;
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

  /** Writes the fields of the object that stands for an image. */
  static void write(Inspection inspection, JsonGenerator json) throws IOException {
    new ImageJson(inspection, json).write();
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
      json.writeObjectFieldStart("codeObject");
      NoteReport.json(inspection.note().get(), json);
      json.writeEndObject();
    }
    if (inspection.carried().isPresent()) {
      Inspection.Carried carried = inspection.carried().get();
      json.writeObjectFieldStart("dataFile");
      json.writeNumberField("offset", carried.offset());
      json.writeNumberField("size", carried.size());
      json.writeStringField("dataId", carried.id());
      json.writeEndObject();
    }
    part(to -> to.writeStringField("buildId", image.buildId().orElse(null)));
    part(to -> FormatJson.texts(to, "needed", image.needed()));
    part(to -> FormatJson.write(image, to));
    part(this::segments);
    part(this::sections);
    part(this::notes);
    LinkageJson linkage = new LinkageJson(image, inspection.listsSymbols());
    part(linkage::relocations);
    part(to -> linkage.symbols(to, "symbols", image.symbols()));
    part(to -> linkage.symbols(to, "dynamicSymbols", image.dynamicSymbols()));
    part(linkage::exports);
    part(linkage::imports);
    Optional<Failure> damage = inspection.damage();
    if (damage.isPresent()) {
      json.writeStringField("error", damage.get().reason());
    }
  }

  private void part(JsonLines.Content fields) {
    inspection.part(
        nobody -> JsonLines.rehearse(nobody, fields),
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
      to.writeStringField("name", segment.name());
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
      String name = section.name();
      to.writeStringField("name", name);
      if (!section.qualifiedName().equals(name)) {
        to.writeStringField("qualifiedName", section.qualifiedName());
      }
      to.writeStringField("type", section.type());
      JsonLines.unsigned(to, "address", section.address());
      JsonLines.unsigned(to, "offset", section.offset());
      JsonLines.unsigned(to, "size", section.size());
      JsonLines.unsigned(to, "fileSize", section.fileSize());
      JsonLines.unsigned(to, "alignment", section.alignment());
      to.writeBooleanField("loaded", section.isLoaded());
      to.writeBooleanField("writable", section.isWritable());
      to.writeBooleanField("executable", section.isExecutable());
      Optional<Section.Compression> compression = section.compression();
      if (compression.isPresent()) {
        to.writeStringField("compression", compression.get().method());
        JsonLines.unsigned(to, "uncompressedSize", compression.get().size());
      }
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
}
