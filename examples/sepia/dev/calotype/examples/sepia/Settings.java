package dev.calotype.examples.sepia;

import java.nio.file.Path;

/**
 * What a user asked for.
 *
 * @param variant how code is to be compiled
 * @param cache the folder of the store, and of what is known of programs
 * @param compiler the name or path of the C compiler
 * @param explain whether to print what was done, and why
 * @param time whether to print how long it took, from the first line of Java to the last
 */
public record Settings(
    Variant variant, Path cache, String compiler, boolean explain, boolean time) {
  /** The dependency graph of a program. */
  Path graph(Project project) {
    return programs(project, ".graph");
  }

  /** What is known of a program's files. */
  Path memory(Project project) {
    return programs(project, ".ji");
  }

  /** The folder of the store. */
  Path store() {
    return cache.resolve("store");
  }

  /** The folder of what is known of programs. */
  Path programs() {
    return cache.resolve("programs");
  }

  private Path programs(Project project, String extension) {
    String name = project.main() + "-" + Fingerprints.of(project.root() + "\0" + project.main());
    return programs().resolve(name + extension);
  }
}
