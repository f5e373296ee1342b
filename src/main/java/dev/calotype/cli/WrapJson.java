package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.emit.Unwrapping;
import dev.calotype.emit.Wrap;
import dev.calotype.emit.Wrapped;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/** What {@code wrap} and {@code unwrap} wrote, as one JSON object. */
final class WrapJson {
  private WrapJson() {}

  static void print(Path object, Wrap wrap, Path payload, Wrapped wrapped, PrintWriter out) {
    JsonLines.print(
        out,
        json -> {
          json.writeStringField("file", object.toString());
          json.writeNumberField("size", wrapped.size());
          json.writeStringField("target", wrap.target().triple());
          json.writeStringField("format", wrap.target().target().format().id());
          json.writeStringField("shape", wrap.shape().id());
          json.writeStringField("section", wrap.section());
          json.writeStringField("symbol", wrap.symbol().orElse(null));
          json.writeNumberField("offset", wrapped.payloadOffset());
          payload(json, payload, wrapped.payloadSize());
        });
  }

  static void printUnwrapped(Path file, Unwrapping found, Path payload, PrintWriter out) {
    JsonLines.print(
        out,
        json -> {
          json.writeStringField("file", file.toString());
          json.writeArrayFieldStart("members");
          for (String member : found.members()) {
            json.writeString(member);
          }
          json.writeEndArray();
          json.writeStringField("section", found.section());
          json.writeNumberField("offset", found.offset());
          payload(json, payload, found.size());
        });
  }

  private static void payload(JsonGenerator json, Path file, long size) throws IOException {
    json.writeObjectFieldStart("payload");
    json.writeStringField("file", file.toString());
    json.writeNumberField("size", size);
    json.writeEndObject();
  }
}
