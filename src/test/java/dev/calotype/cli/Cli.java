package dev.calotype.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a run of the command line came to.
 *
 * @param status what the process would exit with
 * @param out standard output
 * @param err standard error
 */
record Cli(int status, String out, String err) {

  /** Runs a command in this JVM. */
  static Cli run(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
    int status = Main.run(new PrintWriter(out), new PrintWriter(err), texts);
    return new Cli(status, out.toString(), err.toString());
  }

  /** This run, which has to have ended well without a word on standard error. */
  Cli succeeded() {
    assertThat(err).isEmpty();
    assertThat(status).isZero();
    return this;
  }

  /** This run, which has to have ended with {@code expected} and one line. */
  Cli failed(ExitCode expected) {
    assertThat(err).startsWith("calotype: ").endsWith("\n").hasLineCount(1);
    assertThat(err).doesNotContain("Exception", "\tat ", "null", "a bug in calotype");
    assertThat(status).as(err).isEqualTo(expected.status());
    return this;
  }

  /** Standard output as JSON Lines: an object is a map, an array a list. */
  List<Map<String, Object>> json() {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (String line : out.lines().toList()) {
      objects.add(object(line));
    }
    assertThat(out).endsWith("\n");
    return objects;
  }

  /** The only object of standard output. */
  Map<String, Object> object() {
    List<Map<String, Object>> objects = json();
    assertThat(objects).hasSize(1);
    return objects.getFirst();
  }

  /** The objects of an array. */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> objects(Map<String, Object> object, String field) {
    return (List<Map<String, Object>>) Objects.requireNonNull(object.get(field), field);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(String line) {
    try (JsonParser parser = new JsonFactory().createParser(line)) {
      Object value = value(parser, parser.nextToken());
      assertThat(parser.nextToken()).as("one value a line").isNull();
      return (Map<String, Object>) value;
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  private static Object value(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          assertThat(object.put(name, value(parser, parser.nextToken()))).as(name).isNull();
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          array.add(value(parser, next));
        }
        yield array;
      }
      case VALUE_NUMBER_INT -> parser.getBigIntegerValue().longValue();
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_STRING -> parser.getText();
      case VALUE_NULL -> "null";
      default -> throw new AssertionError(token);
    };
  }
}
