package dev.calotype.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * A JSON value, read or to be written.
 *
 * @param value a {@code Map}, a {@code List}, a {@code String}, a {@code Number} or a {@code
 *     Boolean}; the empty text for null
 */
public record Json(Object value) {
  /**
   * Reads a text.
   *
   * @throws IOException if it is no JSON
   */
  public static Json parse(String text) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      parser.nextToken();
      return new Json(read(parser));
    }
  }

  /** Whether there is such a member. */
  boolean has(String name) {
    return value instanceof Map<?, ?> map && map.containsKey(name);
  }

  /** The member of that name; the empty text if there is none. */
  public Json get(String name) {
    Object member = value instanceof Map<?, ?> map ? map.get(name) : null;
    return new Json(member == null ? "" : member);
  }

  /** The elements; none if this is no array. */
  public List<Json> list() {
    return value instanceof List<?> list
        ? list.stream().map(element -> new Json((Object) element)).toList()
        : List.of();
  }

  /** The members, as they stand; none if this is no object. */
  Map<String, Json> members() {
    Map<String, Json> members = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, member) -> members.put(String.valueOf(name), new Json((Object) member)));
    }
    return members;
  }

  /** The text, or the number as one. */
  public String text() {
    return value.toString();
  }

  /** The number, or NaN: JMH writes one that isn't finite as a text. */
  double number() {
    return value instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /** The low 64 bits of the whole number, or 0. */
  public long whole() {
    return value instanceof Number number ? number.longValue() : 0;
  }

  /** Writes it on one line. */
  String write() {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
      write(generator, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator to, Object value) throws IOException {
    switch (value) {
      case Json json -> write(to, json.value);
      case Map<?, ?> map -> {
        to.writeStartObject();
        // Map.of has another order in each JVM.
        Map<?, ?> ordered = map instanceof SequencedMap<?, ?> ? map : new TreeMap<>(map);
        for (Map.Entry<?, ?> member : ordered.entrySet()) {
          to.writeFieldName(String.valueOf(member.getKey()));
          write(to, member.getValue());
        }
        to.writeEndObject();
      }
      case List<?> list -> {
        to.writeStartArray();
        for (Object element : list) {
          write(to, element);
        }
        to.writeEndArray();
      }
      case Boolean truth -> to.writeBoolean(truth);
      case Long whole -> to.writeNumber(whole);
      case Integer whole -> to.writeNumber(whole);
      case Number number -> to.writeNumber(number.doubleValue());
      default -> to.writeString(value.toString());
    }
  }

  private static Object read(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("it ends where a value should be");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          map.put(name, read(parser));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(read(parser));
        }
        yield list;
      }
      case VALUE_NUMBER_INT -> parser.getBigIntegerValue().longValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> parser.getText();
      default -> "";
    };
  }
}
