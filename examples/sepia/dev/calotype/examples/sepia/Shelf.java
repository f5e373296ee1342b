package dev.calotype.examples.sepia;

import dev.calotype.Durability;
import dev.calotype.ji.CodeChoice;
import dev.calotype.ji.CodeSet;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Host;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.stream.MetadataReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Where compiled modules are kept. TEMPORARY: becomes dev.calotype.cache. */
final class Shelf implements AutoCloseable {
  private static final WriteOptions QUICK =
      WriteOptions.standard().withReplace(true).withDurability(Durability.FAST);

  private final Path folder;

  Shelf(Path folder) {
    this.folder = folder;
  }

  @FunctionalInterface
  interface DataMaker {
    void make(DataFileWriter out, Path folder) throws IOException;
  }

  @FunctionalInterface
  interface CodeMaking {
    void make(Validity.Fresh data, Path folder, Path target) throws IOException;
  }

  /** An entry, open. */
  static final class Entry implements AutoCloseable {
    private final Validity.Fresh data;
    private final Arena arena = Arena.ofAuto();

    Entry(Validity.Fresh data) {
      this.data = data;
    }

    Validity.Fresh data() {
      return data;
    }

    ModuleMetadata metadata() throws IOException {
      return ModuleMetadata.of(
          MetadataReader.of(
              data.data().section(ModuleMetadata.SECTION).orElseThrow().map(arena),
              data.file().toString()));
    }

    boolean has(Variant variant) throws IOException {
      CodeSet set = CodeSet.of(data);
      return set.files().stream().anyMatch(file -> set.tag(file).equals(variant.tag()));
    }

    CodeChoice code(int level, Host host) throws IOException {
      return CodeSet.of(data)
          .pick(
              Expectations.none()
                  .withHost(host)
                  .withOption(CodeMaker.LEVEL, Integer.toString(level)),
              Map.of());
    }

    @Override
    public void close() throws IOException {
      data.close();
    }
  }

  record Answer(Optional<Entry> entry, String why) {}

  Answer get(String key) throws IOException {
    Validity validity = DataFile.check(file(key), Expectations.none());
    if (validity instanceof Validity.Fresh fresh) {
      return new Answer(Optional.of(new Entry(fresh)), "");
    }
    return new Answer(Optional.empty(), validity.getClass().getSimpleName());
  }

  Entry build(String key, DataMaker data, String tag, CodeMaking code) throws IOException {
    Files.createDirectories(folder.resolve(key));
    try (DataFileWriter out = DataFileWriter.create(file(key), QUICK)) {
      data.make(out, folder.resolve(key));
      out.publish();
    }
    Entry entry = get(key).entry().orElseThrow();
    add(key, entry, tag, code);
    return entry;
  }

  void add(String key, Entry entry, String tag, CodeMaking code) throws IOException {
    code.make(entry.data, folder.resolve(key), folder.resolve(key).resolve("m." + tag + ".so"));
  }

  private Path file(String key) {
    return folder.resolve(key).resolve("m.ji");
  }

  @Override
  public void close() {}
}
