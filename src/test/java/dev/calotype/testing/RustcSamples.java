package dev.calotype.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * Dependency graphs that rustc 1.95.0 wrote: {@code small}, and {@code threads4}, which four
 * threads made, so that it has holes and edges to higher indices.
 */
public final class RustcSamples {
  private static final String FOLDER = "/dev/calotype/graph/rustc/";

  private RustcSamples() {}

  /** Writes a graph to {@code target}. */
  public static void unpack(String name, Path target) {
    try (InputStream packed = resource(name + ".dep-graph.bin.gz");
        InputStream graph = new GZIPInputStream(packed)) {
      Files.copy(graph, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What an independent reader counted in it, as {@code count.c} prints it. */
  public static String counts(String name) {
    try (InputStream counts = resource(name + ".counts.txt")) {
      return new String(counts.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(RustcSamples.class.getResourceAsStream(FOLDER + name), name);
  }
}
