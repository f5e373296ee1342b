package dev.calotype.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine's memory. */
public final class Memory {
  private static final Path FACTS = Path.of("/proc/meminfo");

  private Memory() {}

  /**
   * How many bytes are to be had, or could be by dropping other files' pages; unlimited where Linux
   * doesn't say.
   */
  public static long available() throws IOException {
    if (Files.exists(FACTS)) {
      for (String line : Files.readAllLines(FACTS)) {
        if (line.startsWith("MemAvailable:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    }
    return Long.MAX_VALUE;
  }
}
