package dev.calotype;

import dev.calotype.image.Visit;
import dev.calotype.ji.CodeFuzzer;
import dev.calotype.ji.DataFileFuzzer;
import dev.calotype.ji.WitnessesFuzzer;
import dev.calotype.stream.StreamFuzzer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * What the Maven profile {@code fuzz} gives to Jazzer, which starts from the seeds in one folder
 * and looks for inputs that reach new code. Inputs it finds bugs with become seeds. Any input gives
 * a verdict, an answer or a declared exception: what else comes out of a target is a bug.
 */
final class Fuzzer {
  private static final Target TARGET = target(System.getProperty("calotype.fuzz", "elf"));

  private Fuzzer() {}

  /** What does something with an input. */
  interface Target {
    void take(byte[] bytes) throws IOException;
  }

  /** Jazzer finds this by its name. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    TARGET.take(bytes);
  }

  /** What takes the seeds of a folder. */
  static Target target(String seeds) {
    return switch (seeds) {
      case "data-file" -> DataFileFuzzer::take;
      case "code-object" -> CodeFuzzer::takeFile;
      case "code-note" -> CodeFuzzer::takeNote;
      case "stream" -> StreamFuzzer::take;
      case "witnesses" -> WitnessesFuzzer::take;
      case "archive", "coff", "elf", "macho", "pe" ->
          bytes ->
              Visit.of(
                  MemorySegment.ofArray(bytes), "an input of %d bytes".formatted(bytes.length));
      default -> throw new IllegalArgumentException("no folder of seeds: " + seeds);
    };
  }
}
