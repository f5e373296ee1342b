package dev.calotype.examples.sepia;

import java.io.IOException;
import java.nio.file.Path;

/** A C compiler. */
public interface Compiler {
  /** What tells it from other compilers and other versions of it. */
  String identity() throws IOException;

  /**
   * Compiles a file to an object.
   *
   * @throws IOException if it can't be started, or fails
   */
  void compile(Path source, Path object, Variant variant) throws IOException;
}
