package dev.calotype.bench;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The machine's programs, which some benches need. */
public final class Programs {
  private Programs() {}

  /** Whether the path of the environment has a program. */
  public static boolean isThere(String name) {
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(System.getenv().getOrDefault("PATH", ""))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }
}
