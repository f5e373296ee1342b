package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.CodeSet;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Validity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The JSON of {@code codes}: docs/link-json.md. */
final class CodesJson {
  private CodesJson() {}

  /** One code object of a set. */
  static void print(Invocation invocation, CodeSet set, Validity answer, Optional<CodeNote> note) {
    JsonLines.print(
        invocation.terminal().out(),
        json -> {
          json.writeStringField("tag", set.tag(answer.file()));
          write(json, answer);
          if (note.isPresent()) {
            json.writeStringField("shape", note.get().shape().id());
            json.writeStringField("target", note.get().target());
            json.writeStringField("dataId", note.get().dataId().hex());
          }
          if (note.orElse(null) instanceof LinkedNote linked) {
            json.writeArrayFieldStart("features");
            for (String feature : linked.origin().features()) {
              json.writeString(feature);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("options");
            for (Map.Entry<String, Origin.Option> option : linked.origin().options().entrySet()) {
              json.writeStringField(option.getKey(), option.getValue().value());
            }
            json.writeEndObject();
          }
        });
  }

  /** What was picked from a set. */
  static void print(Invocation invocation, Path data, CodeChoice choice) {
    JsonLines.print(
        invocation.terminal().out(),
        json -> {
          json.writeStringField("file", data.toString());
          if (choice.best().isPresent()) {
            json.writeStringField("best", choice.best().get().file().toString());
          }
          json.writeArrayFieldStart("others");
          for (Path other : choice.others()) {
            json.writeString(other.toString());
          }
          json.writeEndArray();
          json.writeArrayFieldStart("rejected");
          for (Validity rejected : choice.rejected()) {
            json.writeStartObject();
            write(json, rejected);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void write(JsonGenerator json, Validity answer) throws IOException {
    json.writeStringField("file", answer.file().toString());
    json.writeStringField("verdict", new Verdict(answer, true).word());
    json.writeArrayFieldStart("causes");
    if (answer instanceof Validity.Stale stale) {
      for (Cause cause : stale.causes()) {
        json.writeStartObject();
        json.writeStringField("code", cause.id());
        if (!cause.subject().isEmpty()) {
          json.writeStringField("subject", cause.subject());
        }
        json.writeStringField("expected", cause.expected());
        json.writeStringField("actual", cause.actual());
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }
}
