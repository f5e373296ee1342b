package dev.calotype.examples.sepia;

import dev.calotype.ji.DataFileWriter;
import dev.calotype.stream.Metadata;
import dev.calotype.stream.MetadataWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes what of a module is data: each table and the texts as sections that code reaches through
 * cells, and the metadata. None of it depends on how the code is compiled.
 */
final class DataWriter {
  /** The section with the texts of functions. */
  static final String LITERALS = "literals";

  private DataWriter() {}

  /** The section of a table. */
  static String section(String table) {
    return "table." + table;
  }

  /** Writes all sections. */
  static void write(
      Syntax.Module module, CGenerator.Generated generated, FileFinder files, DataFileWriter out)
      throws IOException {
    metadata(module, generated, out);
    if (!generated.literals().isEmpty()) {
      section(out, LITERALS, generated.literals().bytes());
    }
    for (Syntax.Table table : module.tables()) {
      switch (table) {
        case Syntax.ListTable list -> section(out, section(list.name()), list(list));
        case Syntax.FileTable file -> {
          Path path = files.resolve(file.file());
          try (OutputStream section = out.section(section(file.name()), 8, false);
              InputStream in = Files.newInputStream(path)) {
            section.write(word(Files.size(path)));
            in.transferTo(section);
          }
        }
      }
    }
  }

  /** Finds the files that tables are made of. */
  @FunctionalInterface
  interface FileFinder {
    Path resolve(String name) throws IOException;
  }

  private static void metadata(
      Syntax.Module module, CGenerator.Generated generated, DataFileWriter out) throws IOException {
    try (WorkFolder folder = new WorkFolder();
        Arena arena = Arena.ofConfined();
        MetadataWriter writer = MetadataWriter.create(folder.resolve("metadata"), true)) {
      ModuleMetadata.write(module, generated.calls(), writer);
      try (Metadata metadata = writer.finish(arena)) {
        section(out, ModuleMetadata.SECTION, metadata.bytes());
      }
    }
  }

  private static void section(DataFileWriter out, String name, byte[] bytes) throws IOException {
    try (OutputStream section = out.section(name, 8, false)) {
      section.write(bytes);
    }
  }

  /** Writes a section that is in memory. */
  static void section(DataFileWriter out, String name, MemorySegment bytes) throws IOException {
    section(out, name, bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  private static byte[] list(Syntax.ListTable table) {
    int count = table.values().size();
    if (table.type() != Type.BYTES) {
      ByteBuffer words = Literals.buffer(8 + 8 * count);
      words.putLong(count);
      for (Token value : table.values()) {
        switch (table.type()) {
          case INT -> words.putLong(Numbers.integer(value.text()));
          case FLOAT -> words.putDouble(Double.parseDouble(value.text()));
          default -> words.putLong(value.is("true") ? 1 : 0);
        }
      }
      return words.array();
    }
    long size = 8 + 8L * count;
    for (Token value : table.values()) {
      size += Literals.size(value.text().length());
    }
    ByteBuffer all = Literals.buffer(Math.toIntExact(size));
    all.putLong(count);
    long at = 8 + 8L * count;
    for (Token value : table.values()) {
      all.putLong(at);
      at += Literals.size(value.text().length());
    }
    for (Token value : table.values()) {
      Literals.put(all, value.text().getBytes(StandardCharsets.ISO_8859_1));
    }
    return all.array();
  }

  private static byte[] word(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(value).array();
  }
}
