package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.MachOFiles;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A part of a Mach-O file found without an image, where the image has it. */
class MachOPartTest {
  @TempDir Path folder;

  @Test
  void everySectionSegmentAndCommandIsWhereTheImageHasIt() {
    for (Path file :
        List.of(
            MachOFiles.library(folder, "arm64"),
            MachOFiles.executable(folder, "x86_64"),
            MachOFiles.object(folder, "i386"),
            MachOFiles.bigEndian(MachOFiles.object(folder, "armv7")),
            MachOFiles.bigEndian(MachOFiles.object(folder, "arm64")))) {
      MemorySegment bytes = MemorySegment.ofArray(Bytes.read(file));
      MachOImage image = (MachOImage) Image.of(bytes, file.toString());
      for (Section section : image.sections()) {
        Section first = image.section(section.name()).orElseThrow();
        assertFound(
            bytes, Part.section(section.name()), first.address(), first.offset(), first.fileSize());
        assertFound(
            bytes,
            Part.section(section.qualifiedName()),
            section.address(),
            section.offset(),
            section.fileSize());
      }
      for (Segment segment : image.segments()) {
        assertFound(
            bytes,
            Part.segment(segment.name()),
            segment.address(),
            segment.offset(),
            segment.fileSize());
      }
      for (String name : List.of("LC_SYMTAB", "LC_DYSYMTAB")) {
        MachOImage.LoadCommand command =
            image.loadCommands().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        assertFound(bytes, Part.loadCommand(name), 0, command.offset(), command.bytes().byteSize());
      }
      assertThat(Part.section("__no_such").findIn(bytes, "file")).isFalse();
      assertThat(Part.section("__TEXT,__no_such").findIn(bytes, "file")).isFalse();
      assertThat(Part.section("__a_name_longer_than_16_bytes").findIn(bytes, "file")).isFalse();
      assertThat(Part.segment("__NO_SUCH").findIn(bytes, "file")).isFalse();
      assertThat(Part.loadCommand("LC_NOTE").findIn(bytes, "file")).isFalse();
      assertThat(Part.loadCommand("LC_NO_SUCH").findIn(bytes, "file")).isFalse();
    }
  }

  @Test
  void otherFormatsHaveNoLoadCommands() {
    MemorySegment elf = MemorySegment.ofArray(Bytes.read(Toolchain.GNU.link(folder)));
    assertThat(Part.loadCommand("LC_UUID").findIn(elf, "elf")).isFalse();
  }

  @Test
  void whatIsDamagedBehindAPartDoesNotHideIt() {
    byte[] library = Bytes.read(MachOFiles.library(folder, "arm64"));
    MemorySegment bytes = MemorySegment.ofArray(library);
    ByteBuffer fields = ByteBuffer.wrap(library).order(ByteOrder.LITTLE_ENDIAN);
    int second = 32 + fields.getInt(36);
    fields.putInt(second + 4, 7);
    Image image = Image.of(bytes, "damaged");
    assertThat(Part.section("__text").findIn(bytes, "damaged")).isTrue();
    assertThat(Part.segment("__TEXT").findIn(bytes, "damaged")).isTrue();
    assertThat(image.section("__TEXT,__text").orElseThrow().index()).isZero();
    for (Part part :
        List.of(Part.section("__data"), Part.segment("__DATA"), Part.loadCommand("LC_UUID"))) {
      assertThatThrownBy(() -> part.findIn(bytes, "damaged"))
          .isInstanceOf(MalformedImageException.class)
          .hasMessageContaining("damaged")
          .hasMessageContaining("load command");
    }
    assertThatThrownBy(image::sections).isInstanceOf(MalformedImageException.class);
  }

  private static void assertFound(
      MemorySegment bytes, Part part, long address, long offset, long size) {
    assertThat(part.findIn(bytes, "file")).isTrue();
    assertThat(List.of(part.address(), part.offset(), part.size()))
        .containsExactly(address, offset, size);
  }
}
