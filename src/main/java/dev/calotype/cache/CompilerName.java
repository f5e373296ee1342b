package dev.calotype.cache;

import dev.calotype.Durability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The file that says which compiler a folder is of, so that nobody has to read a manifest. */
final class CompilerName {
  private static final String NAME = "compiler";

  private CompilerName() {}

  /** Writes it, unless it is there. */
  static void write(Key key, Layout layout, Session session, Durability durability)
      throws IOException {
    String compiler = key.place().compiler();
    if (read(layout, compiler).isPresent()) {
      return;
    }
    Path draft = session.newWork();
    try (FileChannel channel = PrivateFiles.open(draft, StandardOpenOption.CREATE_NEW)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(key.fields().compiler());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (durability == Durability.DURABLE) {
        channel.force(true);
      }
    }
    Files.move(
        draft, layout.entries().resolve(compiler).resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * The identity of the compiler of a folder; empty if its file is missing or torn.
   *
   * @param compiler the folder's name
   */
  static Optional<String> read(Layout layout, String compiler) throws IOException {
    try {
      Path file = layout.entries().resolve(compiler).resolve(NAME);
      if (Files.size(file) > KeyEncoding.MOST_BYTES) {
        return Optional.empty();
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return Key.compilerId(text).equals(compiler) ? Optional.of(text) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
