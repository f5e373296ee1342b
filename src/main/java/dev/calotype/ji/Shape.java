package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;

/** How a code object finds its data again. */
public enum Shape {
  /** A linked image without its data, joined again before it is loaded. */
  DETACHED(5, "detached");

  private final int number;
  private final String id;

  Shape(int number, String id) {
    this.number = number;
    this.id = id;
  }

  /** The name on the command line and in JSON. */
  public String id() {
    return id;
  }

  int number() {
    return number;
  }

  static Shape of(long number, ByteView view, long at) throws MalformedImageException {
    for (Shape shape : values()) {
      if (shape.number == number) {
        return shape;
      }
    }
    throw view.malformed("code note", at, "shape " + number, "a shape this version knows");
  }
}
