package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.emit.OutputOptions;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Linkage;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.CodeLink;
import dev.calotype.testing.NoteObject;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;

/** Data in a folder, and what links code to it there. */
final class Linking {
  /** How large the data's only section is, {@code table}. */
  static final int SIZE = 65_536;

  static final byte[] CONTENT = Bytes.random(SIZE, 5);
  static final OutputOptions REPLACE = OutputOptions.standard().withReplace(true);

  private final Path folder;
  private final Path out;
  private Path data;

  Linking(Path folder) throws IOException {
    this.folder = folder;
    data = folder.resolve("m.ji");
    out = Files.createDirectory(folder.resolve("out"));
    write(data, CONTENT);
  }

  /** The folder for what is linked. */
  Path out() {
    return out;
  }

  Path data() {
    return data;
  }

  /** The file that has the data from now on. */
  void setData(Path file) {
    data = file;
  }

  Linked link(CodeLink link, Shape shape, List<Path> objects, Path target) throws IOException {
    return link(link, shape, objects, target, List.of());
  }

  Linked link(CodeLink link, Shape shape, List<Path> objects, Path target, List<String> arguments)
      throws IOException {
    try (Validity.Fresh fresh = fresh()) {
      return Link.of(fresh, objects)
          .withShape(shape)
          .withArguments(arguments)
          .withLinker(Linkers.onPath().named(link.linker()))
          .write(target, OutputOptions.standard());
    }
  }

  AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      CodeLink link, Shape shape, List<Path> objects) {
    return assertRefused(link, shape, objects, List.of());
  }

  AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      CodeLink link, Shape shape, List<Path> objects, List<String> arguments) {
    var thrown =
        assertThatThrownBy(() -> link(link, shape, objects, out.resolve("m.so"), arguments))
            .isInstanceOf(RefusedException.class);
    assertThat(Bytes.names(out)).isEmpty();
    return thrown;
  }

  /** A note object for code with a hole at {@code table}. */
  Path note(CodeLink link, long size) {
    try (Validity.Fresh fresh = fresh()) {
      LinkedNote note =
          LinkedNote.unsealed(Shape.HOLE, 65_536, fresh.data().id(), Origin.none())
              .withLinkage(Linkage.none().withHole("table", size));
      return NoteObject.assemble(folder, link, note, "table");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path assemble(String source) {
    return assembleNamed("hole", source);
  }

  Path assembleNamed(String name, String source) {
    Path text = folder.resolve(name + ".s");
    Bytes.write(text, source.getBytes(StandardCharsets.US_ASCII));
    Path object = folder.resolve(name + ".o");
    Run.of(
            Tools.require("clang-19"),
            "--target=x86_64-linux-gnu",
            "-c",
            "-o",
            object.toString(),
            text.toString())
        .succeeded();
    return object;
  }

  void assertFresh(Path code) throws IOException {
    try (Validity.Fresh fresh = fresh();
        Validity validity =
            CodeObject.check(
                code, Expectations.none().withDataId(fresh.data().id()).withTier(Tier.FULL))) {
      assertThat(validity).isInstanceOf(Validity.FreshCode.class);
    }
  }

  static void write(Path file, byte[] content) throws IOException {
    WriteOptions options = WriteOptions.standard().withDurability(Durability.FAST);
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      try (OutputStream section = writer.section("table", 65_536, false)) {
        section.write(content);
      }
      writer.publish();
    }
  }

  Validity.Fresh fresh() throws IOException {
    return fresh(data);
  }

  static Validity.Fresh fresh(Path data) throws IOException {
    return (Validity.Fresh) DataFile.check(data, Expectations.none());
  }
}
