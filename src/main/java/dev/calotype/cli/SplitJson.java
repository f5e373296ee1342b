package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.split.ExportedSymbol;
import dev.calotype.split.SectionChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** What {@code split} and {@code join} wrote, as one JSON object. */
final class SplitJson {
  private SplitJson() {}

  static void print(SplitReport report, PrintWriter out) {
    JsonLines.print(
        out,
        json -> {
          json.writeStringField("file", report.image());
          json.writeNumberField("size", report.split().size());
          json.writeStringField("target", report.split().target().id());
          json.writeStringField("shape", report.split().shape().id());
          json.writeStringField("dataId", report.id().hex());
          half(json, "data", report.data());
          half(json, "code", report.code());
          if (report.shared().isPresent()) {
            half(json, "shared", report.shared().get());
          }
          json.writeNumberField("dataBytes", report.dataBytes());
          json.writeNumberField("codeBytes", report.codeBytes());
          json.writeArrayFieldStart("sections");
          for (SectionChoice choice : report.split().choices()) {
            json.writeStartObject();
            json.writeStringField("name", choice.name());
            json.writeNumberField("size", choice.size());
            json.writeStringField("goesTo", choice.moves() ? "data" : "code");
            json.writeBooleanField("executable", choice.executable());
            json.writeStringField("reason", choice.reason());
            json.writeEndObject();
          }
          json.writeEndArray();
          exports(json, report.split().exports());
        });
  }

  private static void exports(JsonGenerator json, List<ExportedSymbol> exports) throws IOException {
    json.writeArrayFieldStart("exports");
    for (ExportedSymbol export : exports) {
      json.writeStartObject();
      json.writeStringField("name", export.name());
      json.writeStringField("section", export.section());
      json.writeNumberField("offset", export.offset());
      json.writeNumberField("size", export.size());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** The image that {@code join} wrote. */
  static void printJoined(String file, long size, String dataId, PrintWriter out) {
    JsonLines.print(
        out,
        json -> {
          json.writeStringField("file", file);
          json.writeNumberField("size", size);
          json.writeStringField("dataId", dataId);
        });
  }

  private static void half(JsonGenerator json, String field, SplitReport.Half half)
      throws IOException {
    json.writeObjectFieldStart(field);
    json.writeStringField("file", half.file());
    json.writeNumberField("size", half.size());
    json.writeEndObject();
  }
}
