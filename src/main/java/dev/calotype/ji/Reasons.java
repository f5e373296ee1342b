package dev.calotype.ji;

import dev.calotype.MalformedImageException;

/** How an exception reads as a verdict. */
final class Reasons {
  private Reasons() {}

  static String of(MalformedImageException e) {
    return "%s, expected %s".formatted(e.actual(), e.expected());
  }
}
