package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigInteger;

/** JSON objects, one a line, in ASCII whatever the terminal's character set. */
final class JsonLines {
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .build();

  private JsonLines() {}

  /** Writes fields of an object, or entries of an array. */
  interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  /** Prints one object. */
  static void print(PrintWriter out, Content fields) {
    write(out, fields);
    out.println();
  }

  /** Writes {@code fields} to nobody: throws now what it would throw amid a line. */
  static void rehearse(Writer nobody, Content fields) {
    write(nobody, fields);
  }

  /** Prints the object that stands for a file which could not be dealt with. */
  static void printError(PrintWriter out, String file, Failure failure) {
    print(
        out,
        json -> {
          json.writeStringField("file", file);
          json.writeStringField(
              "error",
              failure.file().equals(file)
                  ? failure.reason()
                  : failure.file() + ": " + failure.reason());
          if (!failure.details().isEmpty()) {
            json.writeArrayFieldStart("details");
            for (String detail : failure.details()) {
              json.writeString(detail);
            }
            json.writeEndArray();
          }
        });
  }

  /** Writes an unsigned number. */
  static void unsigned(JsonGenerator json, String field, long value) throws IOException {
    json.writeFieldName(field);
    if (value >= 0) {
      json.writeNumber(value);
    } else {
      json.writeNumber(new BigInteger(Long.toUnsignedString(value)));
    }
  }

  private static void write(Writer out, Content fields) {
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
