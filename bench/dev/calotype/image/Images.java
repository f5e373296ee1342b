package dev.calotype.image;

import dev.calotype.bench.NotRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The real images that benchmarks read, and a section in the middle of each. */
public enum Images {
  /** A small library of the system. */
  ELF_SMALL("/usr/lib/x86_64-linux-gnu/libelf.so.1", ".rodata"),
  /** The largest library of the system. */
  ELF_LARGE("/usr/lib/x86_64-linux-gnu/libLLVM.so.19.1", ".rodata"),
  /** SQLite for macOS, from sqlite-jdbc. */
  MACHO("org/sqlite/native/Mac/aarch64/libsqlitejdbc.dylib", "__const"),
  /** SQLite for Windows, from sqlite-jdbc. */
  PE("org/sqlite/native/Windows/x86_64/sqlitejdbc.dll", ".rdata");

  private final String place;
  private final String section;

  Images(String place, String section) {
    this.place = place;
    this.section = section;
  }

  /** A section that is in the image. */
  String section() {
    return section;
  }

  /** The image as a file. */
  Path path(BenchmarkParams running) {
    if (place.startsWith("/")) {
      Path file = Path.of(place);
      if (!Files.exists(file)) {
        throw NotRun.because(running, "there is no " + place);
      }
      return file;
    }
    try (InputStream resource = Images.class.getClassLoader().getResourceAsStream(place)) {
      if (resource == null) {
        throw new IllegalStateException(place + " is not on the class path");
      }
      Path copy = Files.createTempFile("image", "");
      copy.toFile().deleteOnExit();
      Files.copy(resource, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
