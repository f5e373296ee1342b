package dev.calotype.examples.sepia;

import java.nio.file.Path;

/**
 * A module's text.
 *
 * @param module its name, {@code geometry.circle} for example
 * @param file where it is, for messages
 * @param text all of it
 */
record Source(String module, Path file, String text) {
  /** The line of that number, from 1. */
  String line(int number) {
    return text.lines().skip(number - 1L).findFirst().orElse("");
  }
}
