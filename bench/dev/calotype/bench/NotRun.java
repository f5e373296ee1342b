package dev.calotype.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.TreeSet;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Thrown by a bench's setup for what can't be measured here, or would be senseless. JMH goes on
 * with the next combination; the reason is in the file that {@link #PROPERTY} names, whose lines
 * bench/README.md describes.
 */
public final class NotRun extends RuntimeException {
  /** The system property with the name of the file that reasons are appended to. */
  public static final String PROPERTY = "calotype.bench.notRun";

  private static final long serialVersionUID = 1;
  private static final JsonFactory JSON = new JsonFactory();

  private NotRun(String why) {
    super("not run: " + why, null, false, false);
  }

  /**
   * Records the reason, once for a combination.
   *
   * @param running what JMH is about to run
   * @param why the reason for people, without a full stop
   */
  public static NotRun because(BenchmarkParams running, String why) {
    String file = System.getProperty(PROPERTY);
    if (file != null) {
      append(Path.of(file), line(running, why));
    }
    return new NotRun(why);
  }

  /** Throws if there is a reason. */
  public static void ifThereIs(Optional<String> reason, BenchmarkParams running) {
    if (reason.isPresent()) {
      throw because(running, reason.get());
    }
  }

  /** By one thread at a time, and JMH runs one JVM at a time. */
  private static synchronized void append(Path file, String line) {
    try {
      if (!Files.exists(file) || !Files.readAllLines(file).contains(line)) {
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(BenchmarkParams running, String why) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("benchmark", running.getBenchmark());
      json.writeObjectFieldStart("params");
      for (String name : new TreeSet<>(running.getParamsKeys())) {
        json.writeStringField(name, running.getParam(name));
      }
      json.writeEndObject();
      json.writeNumberField("threads", running.getThreads());
      json.writeStringField("why", why);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
