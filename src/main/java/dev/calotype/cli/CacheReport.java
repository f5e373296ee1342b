package dev.calotype.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.calotype.cache.EntryInfo;
import dev.calotype.cache.Field;
import dev.calotype.cache.Key;
import dev.calotype.cache.Miss;
import dev.calotype.ji.Cause;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/** What the commands of {@code cache} print in common: docs/cache-json.md. */
final class CacheReport {
  private static final int SHORT = 12;

  private CacheReport() {}

  /** The start of a digest, for people. */
  static String brief(String key) {
    return key.substring(0, Math.min(SHORT, key.length()));
  }

  /** The fields of a key on one line. */
  static String fields(Key key) {
    return key.fields().all().entrySet().stream()
        .map(field -> field.getKey() + "=" + field.getValue().show())
        .collect(Collectors.joining(" "));
  }

  /** How long ago something was: {@code 3 h}. */
  static String ago(Instant time) {
    Duration span = Duration.between(time, Instant.now());
    if (span.isNegative()) {
      return "in " + span(span.negated());
    }
    return span(span);
  }

  private static String span(Duration span) {
    if (span.toDays() > 0) {
      return span.toDays() + " d";
    }
    if (span.toHours() > 0) {
      return span.toHours() + " h";
    }
    return span.toMinutes() > 0 ? span.toMinutes() + " m" : span.toSeconds() + " s";
  }

  /** What a miss says, on one line. */
  static String words(Miss miss) {
    StringBuilder words = new StringBuilder(miss.reason().id());
    if (!miss.file().isEmpty()) {
      words.append(", ").append(miss.file());
    }
    if (!miss.structure().isEmpty()) {
      words.append(" (").append(miss.structure()).append(" at ");
      words.append(Text.hex(miss.offset())).append(')');
    }
    if (!miss.text().isEmpty()) {
      words.append(": ").append(miss.text());
    }
    return words.toString();
  }

  /** What a miss is for whoever runs a command. */
  static ExitCode code(Miss miss) {
    return switch (miss.reason()) {
      case ABSENT, STALE, CHANGING -> ExitCode.STALE;
      case DAMAGED, OTHER_KEY -> ExitCode.DAMAGED;
      case VERSION, LINK, NOT_OWNED, WRITABLE, UNSIGNED, SIGNATURE -> ExitCode.FOREIGN;
      case UNREADABLE -> ExitCode.IO;
    };
  }

  /** Writes {@code key}, {@code compiler} and {@code fields}. */
  static void key(JsonGenerator json, Key key) throws IOException {
    json.writeStringField("key", key.hex());
    json.writeStringField("compiler", key.fields().compiler());
    json.writeArrayFieldStart("fields");
    for (Map.Entry<String, Field> field : key.fields().all().entrySet()) {
      json.writeStartObject();
      json.writeStringField("name", field.getKey());
      json.writeStringField("type", KeyOptions.type(field.getValue()));
      json.writeStringField("value", field.getValue().show());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Writes the key of an entry and what is known of it. */
  static void entry(JsonGenerator json, EntryInfo entry) throws IOException {
    key(json, entry.key());
    json.writeNumberField("bytes", entry.bytes());
    json.writeStringField("created", entry.created().toString());
    json.writeStringField("used", entry.used().toString());
    json.writeNumberField("uses", entry.uses());
    json.writeBooleanField("fast", entry.isFast());
    json.writeBooleanField("signed", entry.isSigned());
    json.writeArrayFieldStart("files");
    for (EntryInfo.File file : entry.files()) {
      json.writeStartObject();
      json.writeStringField("name", file.name());
      json.writeStringField("kind", file.kind());
      json.writeNumberField("bytes", file.bytes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Writes what a miss says. */
  static void miss(JsonGenerator json, Miss miss) throws IOException {
    json.writeStringField("reason", miss.reason().id());
    json.writeStringField("member", miss.file());
    json.writeStringField("structure", miss.structure());
    json.writeNumberField("offset", miss.offset());
    json.writeStringField("text", miss.text());
    json.writeArrayFieldStart("causes");
    for (Cause cause : miss.causes()) {
      json.writeStartObject();
      json.writeStringField("code", cause.id());
      json.writeStringField("expected", cause.expected());
      json.writeStringField("actual", cause.actual());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
