package dev.calotype.ji;

import dev.calotype.MalformedImageException;
import dev.calotype.bytes.ByteView;

/** How a code object finds its data again. */
public enum Shape {
  /** The code reaches its data through a table of pointers that is filled when it is loaded. */
  SLOTS(1, "slots"),

  /** The code has a hole, over which its data is mapped. */
  HOLE(2, "hole"),

  /** The data is a shared object too, which the code needs. */
  NEEDED(3, "needed"),

  /** The data lies in the code object, as a part that is mapped by itself. */
  WITHIN(4, "within"),

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
