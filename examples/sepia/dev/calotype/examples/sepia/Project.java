package dev.calotype.examples.sepia;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where a program's modules are: in the folder of the one that it starts with, and below. */
final class Project {
  private static final String EXTENSION = ".sepia";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Path root;
  private final String main;

  /**
   * The program that starts with a module.
   *
   * @throws IOException if the file's name is none of a module
   */
  Project(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    String bare =
        name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : "";
    if (!NAME.matcher(bare).matches()) {
      throw new IOException("%s: a module is called NAME%s".formatted(file, EXTENSION));
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isRegularFile(file)) {
      throw new IOException("%s: there is no such file".formatted(file));
    }
    this.root = folder.toRealPath();
    this.main = bare;
  }

  /** The name of the module that it starts with. */
  String main() {
    return main;
  }

  /** The folder. */
  Path root() {
    return root;
  }

  /** The file of a module, whether it is there or not. */
  Path file(String module) {
    return root.resolve(module.replace('.', '/') + EXTENSION);
  }

  /** What a name stands for: a module, or a file below the root if it starts with a slash. */
  Path path(String name) {
    return name.startsWith("/") ? root.resolve(name.substring(1)) : file(name);
  }

  /** A module's text. */
  Source source(String module) throws IOException {
    Path file = file(module);
    try {
      return new Source(module, shown(file), Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new IOException("%s: it is not UTF-8".formatted(shown(file)), e);
    }
  }

  /** As a user would call it, from where they are. */
  Path shown(Path file) {
    Path here = Path.of("").toAbsolutePath();
    return file.startsWith(here) ? here.relativize(file) : file;
  }
}
