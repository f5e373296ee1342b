package dev.calotype.cache;

import dev.calotype.bytes.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A store of many small entries, made without the care that publishing takes. */
final class ManyEntries {
  static final String FILE = "notes.txt";

  private static final int SIZE = 256;

  private ManyEntries() {}

  static Key key(long number) {
    return Key.of("benchcc 1.0").with("number", number).with("optimisation", "3");
  }

  /** Makes those of 0 to {@code count} that are missing. */
  static void make(StoreConfig config, int count) throws IOException {
    try (Store store = Store.open(config)) {
      Layout layout = store.folder().layout();
      byte[] content = new byte[SIZE];
      Member member =
          new Member(FILE, Member.Kind.OTHER, 0, SIZE, Sha256.of(content), Optional.empty());
      for (int i = 0; i < count; i++) {
        Key key = key(i);
        Path folder = key.place().folder(layout.entries());
        if (!Files.exists(folder)) {
          Files.createDirectories(folder);
          Files.write(folder.resolve(member.name()), content);
          Files.write(
              folder.resolve(Manifest.NAME),
              Manifest.encode(key, false, List.of(member), Optional.empty()));
        }
      }
    }
  }
}
