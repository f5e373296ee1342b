package dev.calotype.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A value that a tool printed as JSON.
 *
 * @param value a {@code Map}, a {@code List}, a {@code String} or a {@code BigInteger}; or "" for
 *     what no tool here prints
 */
public record Json(Object value) {
  /** Reads a text. */
  public static Json parse(String text) {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      parser.nextToken();
      return new Json(read(parser));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The member of that name; one without a value if there is none. */
  public Json get(String name) {
    return new Json(value instanceof Map<?, ?> map && map.containsKey(name) ? of(map, name) : "");
  }

  /** The elements; none if this is no array. */
  public List<Json> list() {
    return value instanceof List<?> list
        ? list.stream().map(element -> new Json((Object) element)).toList()
        : List.of();
  }

  /** The text. */
  public String text() {
    return value.toString();
  }

  /** The number's low 64 bits. */
  public long number() {
    return ((BigInteger) value).longValue();
  }

  private static Object of(Map<?, ?> map, String name) {
    return Objects.requireNonNull(map.get(name));
  }

  private static Object read(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
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
      case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
      case VALUE_STRING -> parser.getText();
      default -> "";
    };
  }
}
