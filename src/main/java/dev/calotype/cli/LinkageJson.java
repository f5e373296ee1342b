package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.image.Export;
import dev.calotype.image.Image;
import dev.calotype.image.Import;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Symbol;
import dev.calotype.image.SymbolTable;
import java.io.IOException;

/** How an image is tied to others, counted or listed: docs/inspect-json.md. */
record LinkageJson(Image image, boolean lists) {

  void relocations(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("relocations");
    for (RelocationTable table : image.relocations()) {
      json.writeStartObject();
      json.writeStringField("table", table.name());
      if (table.section().isPresent()) {
        json.writeStringField("section", image.sections().get(table.section().getAsInt()).name());
      } else {
        json.writeNullField("section");
      }
      json.writeNumberField("count", table.count());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  void symbols(JsonGenerator json, String field, SymbolTable symbols) throws IOException {
    if (!lists) {
      json.writeNumberField(field, symbols.count());
      return;
    }
    json.writeArrayFieldStart(field);
    for (Symbol symbol : symbols) {
      json.writeStartObject();
      json.writeStringField("name", symbol.name());
      json.writeStringField("type", symbol.type());
      json.writeStringField("binding", symbol.binding());
      json.writeBooleanField("defined", symbol.isDefined());
      JsonLines.unsigned(json, "address", symbol.value());
      JsonLines.unsigned(json, "size", symbol.size());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  void exports(JsonGenerator json) throws IOException {
    if (!lists) {
      json.writeNumberField("exports", count(image.exports()));
      return;
    }
    json.writeArrayFieldStart("exports");
    for (Export export : image.exports()) {
      json.writeStartObject();
      json.writeStringField("name", export.name());
      if (export.ordinal().isPresent()) {
        json.writeNumberField("ordinal", export.ordinal().getAsLong());
      }
      JsonLines.unsigned(json, "address", export.address());
      if (export.forwardedTo().isPresent()) {
        json.writeStringField("forwardedTo", export.forwardedTo().get());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  void imports(JsonGenerator json) throws IOException {
    if (!lists) {
      json.writeNumberField("imports", count(image.imports()));
      return;
    }
    json.writeArrayFieldStart("imports");
    for (Import wanted : image.imports()) {
      json.writeStartObject();
      json.writeStringField("name", wanted.name());
      if (wanted.library().isPresent()) {
        json.writeStringField("library", wanted.library().get());
      }
      if (wanted.ordinal().isPresent()) {
        json.writeNumberField("ordinal", wanted.ordinal().getAsLong());
      }
      json.writeBooleanField("weak", wanted.isWeak());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** How many there are. */
  static long count(Iterable<?> all) {
    long count = 0;
    for (var unused = all.iterator(); unused.hasNext(); unused.next()) {
      count++;
    }
    return count;
  }
}
