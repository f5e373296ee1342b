package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.emit.OutputOptions;
import dev.calotype.image.Format;
import dev.calotype.ji.CodeNote;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Seal;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.CodeLink;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Code has one data file, so a linker that brings two notes together made no code of ours. */
class TwoNotesTest {
  private static final OutputOptions FAST =
      OutputOptions.standard().withDurability(Durability.FAST);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = CodeLink.class,
      names = {"CC", "LLD", "MINGW", "LLD_LINK", "LD64", "LD64_ARM64"})
  void aNoteThatComesOutOfAnArchiveIsFoundOut(CodeLink link) throws IOException {
    Path data = folder.resolve("m.ji");
    DataFileWriter.create(data, WriteOptions.standard()).publish();
    Path out = Files.createDirectory(folder.resolve("out"));
    try (Validity.Fresh fresh = (Validity.Fresh) DataFile.check(data, Expectations.none())) {
      DataId id = fresh.data().id();
      Path first = object(link, "first", id, ".globl %1$sone\n%1$sone: .quad %1$stwo\n");
      Path second = object(link, "second", id, ".globl %1$stwo\n%1$stwo: .quad 0\n");
      Path archive = folder.resolve("second.a");
      Run.of(Tools.require("llvm-ar-19"), "rcs", archive + "", second + "").succeeded();
      Link linked =
          Link.of(fresh, List.of(first, archive)).withLinker(Linkers.onPath().named(link.linker()));
      assertThatThrownBy(() -> linked.write(out.resolve("m.so"), FAST))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("m.so: has 2 notes of its data, and code has one data file");
      assertThat(Bytes.names(out)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeLink.class,
      names = {"GNU", "MINGW"})
  void anObjectOfTwoIsRefusedBeforeItIsLinkedAndAnImageWithThemIsNotSealed(CodeLink link)
      throws IOException {
    Path data = folder.resolve("m.ji");
    DataFileWriter.create(data, WriteOptions.standard()).publish();
    try (Validity.Fresh fresh = (Validity.Fresh) DataFile.check(data, Expectations.none())) {
      DataId id = fresh.data().id();
      Path first = object(link, "first", id, "");
      Path second = object(link, "second", id, "");
      Path both = folder.resolve("both.o");
      String linker = Tools.require(link.linker());
      Run.of(linker, "-r", "-o", both + "", first + "", second + "").succeeded();
      assertThatThrownBy(() -> Link.of(fresh, List.of(both)).write(folder.resolve("m.so"), FAST))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("both.o: has 2 notes of its data");
      Path image = folder.resolve("both.so");
      Run.of(linker, "-shared", "-e", "0", "-o", image + "", both + "").succeeded();
      byte[] before = Files.readAllBytes(image);
      assertThatThrownBy(() -> Seal.seal(image, image, Durability.FAST, true))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("both.so: has 2 notes of its data, and code has one data file");
      assertThat(image).hasBinaryContent(before);
    }
  }

  /** An object with a note and more data. */
  private Path object(CodeLink link, String name, DataId id, String more) {
    LinkedNote note = LinkedNote.unsealed(Shape.SLOTS, 65_536, id, Origin.none());
    Format format = link.format();
    String section = CodeNote.section(format);
    StringBuilder text = new StringBuilder();
    text.append(
        switch (format) {
          case ELF -> ".section %s,\"a\",@note%n".formatted(section);
          case MACHO -> ".section __TEXT,%s%n".formatted(section);
          default -> ".section %s,\"dr\"%n".formatted(section);
        });
    text.append(".p2align 3\n");
    for (byte one : note.encode(ByteOrder.LITTLE_ENDIAN)) {
      text.append(".byte ").append(one).append('\n');
    }
    text.append(".data\n").append(more.formatted(format == Format.MACHO ? "_" : ""));
    Path source = folder.resolve(name + ".s");
    Bytes.write(source, text.toString().getBytes(StandardCharsets.US_ASCII));
    Path object = folder.resolve(name + ".o");
    List<String> command = new ArrayList<>(List.of(Tools.require("clang-19"), "-c"));
    command.addAll(link.target());
    command.addAll(List.of("-o", object.toString(), source.toString()));
    Run.of(Map.of(), command).succeeded();
    return object;
  }
}
