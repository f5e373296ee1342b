package dev.calotype.examples;

import dev.calotype.testing.Run;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The folders of {@code examples/}, and how they are compiled. */
final class Examples {
  static final Path JAR = Path.of(System.getProperty("calotype.jar", ""));
  private static final Path ROOT = Path.of(System.getProperty("calotype.root", ""));

  private Examples() {}

  /** The sources of an example. */
  static Path sources(String name) {
    return ROOT.resolve("examples").resolve(name);
  }

  /** Jars by others that an example needs, as pom.xml copied them; there may be none. */
  static Path libraries(String name) {
    return ROOT.resolve("target/examples").resolve(name);
  }

  /** Compiles a module against the jar, and nothing else but the libraries in these folders. */
  static Run compile(Path sources, Path classes, Path... libraries) {
    String path = JAR.toString();
    for (Path folder : libraries) {
      path += Files.isDirectory(folder) ? File.pathSeparator + folder : "";
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "javac").toString());
    command.addAll(List.of("--module-path", path, "-Xlint:all", "-Werror"));
    command.addAll(List.of("-d", classes.toString()));
    try (Stream<Path> files = Files.walk(sources)) {
      files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(command::add);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return Run.of(Map.of(), command);
  }
}
