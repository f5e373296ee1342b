package dev.calotype.cli;

import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataSection;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** A data file, for {@code inspect}. */
final class DataFileReport {
  private DataFileReport() {}

  static void text(DataFile data, String file, Terminal terminal) throws IOException {
    List<DataSection> sections = data.sections();
    PrintWriter out = terminal.out();
    terminal.heading(file);
    Table facts = new Table(out, "  ", "", "");
    facts.row("format", "Calotype data file");
    facts.row("data id", data.id().hex());
    facts.row("compiler", data.compiler());
    facts.row("target", data.target());
    facts.row("size", Text.exactSize(data.size()));
    facts.print();
    out.println();
    out.println("Sections: " + (sections.isEmpty() ? "none" : Text.grouped(sections.size())));
    if (!sections.isEmpty()) {
      Table table = new Table(out, "  ", "Name", ">Offset", ">Size", ">Alignment");
      for (DataSection section : sections) {
        table.row(
            section.name(),
            Text.hex(section.offset()),
            Text.size(section.size()),
            Long.toString(section.alignment()));
      }
      table.print();
    }
  }

  static void json(DataFile data, String file, PrintWriter out) throws IOException {
    List<DataSection> sections = data.sections();
    String compiler = data.compiler();
    String target = data.target();
    JsonLines.print(
        out,
        json -> {
          json.writeStringField("file", file);
          json.writeStringField("format", "ji");
          json.writeNumberField("size", data.size());
          json.writeStringField("dataId", data.id().hex());
          json.writeStringField("compiler", compiler);
          json.writeStringField("target", target);
          json.writeArrayFieldStart("sections");
          for (DataSection section : sections) {
            json.writeStartObject();
            json.writeStringField("name", section.name());
            json.writeNumberField("offset", section.offset());
            json.writeNumberField("size", section.size());
            json.writeNumberField("alignment", section.alignment());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
