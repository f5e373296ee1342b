package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.cli.Finder.Match;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** What {@code find} found, as one JSON object: docs/inspect-json.md. */
final class FindJson {
  private FindJson() {}

  static void print(String file, String name, List<Match> matches, PrintWriter out) {
    JsonLines.print(
        out,
        json -> {
          json.writeStringField("file", file);
          json.writeStringField("name", name);
          json.writeArrayFieldStart("matches");
          for (Match match : matches) {
            json.writeStartObject();
            json.writeStringField("kind", match.kind());
            json.writeStringField("type", match.type());
            place(json, "address", match.address());
            place(json, "offset", match.offset());
            JsonLines.unsigned(json, "size", match.size());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void place(JsonGenerator json, String field, long place) throws IOException {
    if (place == Match.NOWHERE) {
      json.writeNullField(field);
    } else {
      JsonLines.unsigned(json, field, place);
    }
  }
}
