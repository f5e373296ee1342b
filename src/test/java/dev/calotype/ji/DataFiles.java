package dev.calotype.ji;

import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/** Data files for tests, and lies in them under right digests. */
final class DataFiles {
  /** Where page one says how large the tables are. */
  private static final int TABLES_SIZE = 0x2c;

  private DataFiles() {}

  /** Something recorded of every kind. */
  static Origin origin() {
    return Origin.none()
        .withModule("Foo 1234")
        .withCompiler("example 1.0")
        .withTarget("x86_64-elf")
        .withOption("opt-level", "2", Comparison.AT_LEAST)
        .withOption("sanitizer", "none", Comparison.EXACT)
        .withOption("verbose", "yes", Comparison.IGNORED)
        .withUpstream("Base", new DataId("ab".repeat(32)))
        .withVariable("MODE", Optional.of("fast"))
        .withVariable("NOTHING", Optional.empty())
        .withFeature("avx2")
        .withFeature("fma");
  }

  /** What {@link #origin} meets exactly. */
  static Expectations expectations() {
    return Expectations.none()
        .withModule("Foo 1234")
        .withCompiler("example 1.0")
        .withTarget("x86_64-elf")
        .withOption("opt-level", "2")
        .withOption("sanitizer", "none")
        .withOption("verbose", "yes")
        .withUpstream("Base", new DataId("ab".repeat(32)))
        .withVariable("MODE", Optional.of("fast"))
        .withVariable("NOTHING", Optional.empty())
        .withFeatures(List.of("avx", "avx2", "fma", "sse2"));
  }

  /** Writes a file with one section of each storage. */
  static DataId write(Path file, Origin origin) throws IOException {
    WriteOptions options = WriteOptions.standard().withReplace(true).withOrigin(origin);
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      byte[] sparse = new byte[20_000];
      sparse[9000] = 1;
      section(writer, "plain", Storage.PLAIN, Bytes.random(300, 1));
      section(writer, "sparse", Storage.SPARSE, sparse);
      section(
          writer,
          "zstd",
          Storage.COMPRESSED,
          "many prints ".repeat(100).getBytes(StandardCharsets.UTF_8));
      return writer.publish();
    }
  }

  static void section(DataFileWriter writer, String name, Storage storage, byte[] content)
      throws IOException {
    SectionOptions options = SectionOptions.standard().withStorage(storage);
    try (OutputStream stream = writer.section(name, options)) {
      stream.write(content);
    }
  }

  static ByteBuffer view(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static int tail(byte[] file) {
    return (int) view(file).getLong(0x18);
  }

  static int tablesSize(byte[] file) {
    return view(file).getInt(TABLES_SIZE);
  }

  /** Makes the root digest and the checksum fit what the tables and page one are now. */
  static void fixDigests(byte[] file) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(file, tail(file), tablesSize(file));
      view(file).put(PageOne.ROOT, digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
    DataFileTest.fixChecksum(file);
  }

  /** The answer's name; the file is closed. */
  static String verdict(Path file, Expectations expectations) throws IOException {
    return DataFileTest.verdict(file, expectations);
  }

  /** The ids and subjects of all causes, sorted; empty if the file is fresh. */
  static List<String> causes(Path file, Expectations expectations) throws IOException {
    try (Validity validity = DataFile.check(file, expectations)) {
      return switch (validity) {
        case Validity.Stale stale -> names(stale.causes());
        case Validity.Fresh _ -> List.of();
        default -> List.of(validity.toString());
      };
    }
  }

  static List<String> names(List<Cause> causes) {
    return causes.stream()
        .map(cause -> (cause.id() + " " + cause.subject()).strip())
        .sorted()
        .toList();
  }

  static void write(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
  }
}
