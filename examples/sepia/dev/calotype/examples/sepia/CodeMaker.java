package dev.calotype.examples.sepia;

import dev.calotype.emit.ObjectTarget;
import dev.calotype.ji.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes a module's object: the C compiler makes it of the generated C. */
final class CodeMaker {
  /** What code is made for: this machine. */
  static final ObjectTarget TARGET = ObjectTarget.ofId(Host.current().target());

  private final Compiler compiler;

  CodeMaker(Compiler compiler) {
    this.compiler = compiler;
  }

  /**
   * Makes an object.
   *
   * @param target where it goes
   */
  void make(CGenerator.Generated generated, String module, Variant variant, Path target)
      throws IOException {
    try (WorkFolder folder = new WorkFolder()) {
      Path c = folder.resolve(module + ".c");
      Files.writeString(c, generated.c());
      Path object = folder.resolve(module + ".o");
      compiler.compile(c, object, variant);
      Files.copy(object, target); // Says it in its own words if the disk is full.
    }
  }
}
