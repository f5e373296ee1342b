package dev.calotype.examples.sepia;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder for what is only needed for a moment. It goes with all files in it. */
final class WorkFolder implements AutoCloseable {
  private final Path folder;

  WorkFolder() throws IOException {
    folder = Files.createTempDirectory("sepia");
  }

  Path resolve(String name) {
    return folder.resolve(name);
  }

  @Override
  public void close() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
