package dev.calotype.graph.rustc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the numbers of kinds stand for. A graph has only the numbers, and another version of rustc
 * gives them otherwise; so there are names for one version, and of its kinds only for those that
 * rustc itself has named in its statistics.
 */
public final class KindNames {
  private static final String KNOWN = "1.95.0 (59807616e 2026-04-14)";
  private static final String RESOURCE = "kinds-1.95.0.txt";

  private final Map<Integer, String> names;

  private KindNames(Map<Integer, String> names) {
    this.names = names;
  }

  /**
   * The names for a version of rustc; none if it is not the known one.
   *
   * @param version as {@link RustcGraphFile#version()} gives it
   */
  public static KindNames of(String version) throws IOException {
    Map<Integer, String> names = new HashMap<>();
    try (InputStream in = KindNames.class.getResourceAsStream(RESOURCE)) {
      if (in != null && version.equals(KNOWN)) {
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          int space = line.indexOf(' ');
          if (!line.startsWith("#")) {
            names.put(Integer.parseInt(line.substring(0, space)), line.substring(space + 1));
          }
        }
      }
    }
    return new KindNames(names);
  }

  /** The name of a kind, if it is known. */
  public Optional<String> name(int kind) {
    return Optional.ofNullable(names.get(kind));
  }
}
