package dev.calotype.image;

import java.lang.foreign.MemorySegment;

/**
 * What the Maven profile {@code fuzz} gives to Jazzer, which starts from the seeds of one format
 * and looks for inputs that reach new code. Inputs it finds bugs with become seeds.
 */
final class ImageFuzzer {
  private ImageFuzzer() {}

  /** Jazzer finds this by its name. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    Visit.of(MemorySegment.ofArray(bytes), "an input of %d bytes".formatted(bytes.length));
  }
}
