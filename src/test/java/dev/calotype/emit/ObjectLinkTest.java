package dev.calotype.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.image.PeImage;
import dev.calotype.image.Section;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataId;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.testing.ObjectLink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What real linkers put into the fields, recomputed from the addresses of the linked image. */
class ObjectLinkTest {
  private static final int VALUE = 24;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void theLinkerFillsFieldsOfData(ObjectLink link) throws IOException {
    ObjectTarget target = link.target();
    Format format = target.target().format();
    boolean isCoff = format == Format.COFF;
    ObjectSection fields =
        named(target, ObjectSection.data(bytes(new byte[64])), "fields")
            .retained()
            .symbol(ObjectSymbol.data("fields", 0, 64).hidden())
            .relocation(0, RelocationKind.PLACE, "value", 4)
            .relocation(8, RelocationKind.PC32, "value", -4)
            .relocation(12, RelocationKind.PC32, "fields", 20);
    if (isCoff) {
      fields.relocation(16, RelocationKind.IMAGE32, "value", 8);
    } else {
      fields.relocation(16, RelocationKind.PC64, "value", -8);
    }
    if (target != ObjectTarget.I686_WINDOWS) {
      fields.relocation(24, RelocationKind.ABS64, "value", 5);
    }
    try (Arena arena = Arena.ofConfined()) {
      Image image = linked(link, ObjectWriter.of(target).add(fields).add(values(target)), arena);
      long at = section(image, "fields").address();
      MemorySegment data = section(image, "fields").bytes();
      long value = section(image, "values").address() + VALUE;
      ByteOrder order = target.target().byteOrder();
      ValueLayout.OfInt u32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(order);
      ValueLayout.OfLong u64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order);
      assertThat(data.get(u64, 0)).isEqualTo(isCoff ? value + 4 : value + 4 - at);
      assertThat(data.get(u32, 8)).isEqualTo((int) (value - 4 - (at + 8)));
      assertThat(data.get(u32, 12)).isEqualTo(8);
      if (isCoff) {
        assertThat(data.get(u32, 16)).isEqualTo((int) value + 8);
      } else {
        assertThat(data.get(u64, 16)).isEqualTo(value - 8 - (at + 16));
      }
      if (image instanceof PeImage pe && target != ObjectTarget.I686_WINDOWS) {
        assertThat(data.get(u64, 24)).isEqualTo(pe.imageBase() + value + 5);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LLD_S390X", "LLD_LINK_I686"})
  void theLinkerFillsInstructions(ObjectLink link) throws IOException {
    ObjectTarget target = link.target();
    ObjectSection code = named(target, MachineCode.hidden(target), "jitcode").retained();
    ObjectSection cells =
        named(target, ObjectSection.data(bytes(new byte[16])), "cells")
            .symbol(ObjectSymbol.data("slot_cell", 0, 8).hidden())
            .symbol(ObjectSymbol.data("import_cell", 8, 8).hidden());
    try (Arena arena = Arena.ofConfined()) {
      Image image =
          linked(link, ObjectWriter.of(target).add(code).add(values(target)).add(cells), arena);
      Section text = section(image, "jitcode");
      int checked = 0;
      for (MachineCode.Field field : MachineCode.fields(target)) {
        long wanted =
            switch (field.symbol()) {
              case "value" -> section(image, "values").address() + VALUE;
              case "slot_cell" -> section(image, "cells").address();
              case "import_cell" -> section(image, "cells").address() + 8;
              default -> text.address() + MachineCode.offset(target, field.symbol());
            };
        long address = text.address() + field.offset();
        MemorySegment bytes = text.bytes().asSlice(field.offset());
        switch (field.kind()) {
          case CALL, RIP -> {
            assertThat(Operands.target(target, bytes, address))
                .as(field.toString())
                .isEqualTo(wanted);
            checked++;
          }
          case PAGE -> {
            assertThat(Operands.page(target, bytes, address))
                .as(field.toString())
                .isEqualTo(wanted);
            checked++;
          }
          default -> {}
        }
      }
      assertThat(checked).isGreaterThanOrEqualTo(5);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LLD_AARCH64", "LLD_LINK", "LD64_X86_64", "LD64_AARCH64"})
  void aWeakSymbolGivesWayToAStrongOne(ObjectLink link) throws IOException {
    ObjectTarget target = link.target();
    List<ObjectWriter> writers = new ArrayList<>();
    for (String section : List.of("weak", "strong")) {
      ObjectSymbol choice = ObjectSymbol.data("choice", 8, 4).hidden();
      writers.add(
          ObjectWriter.of(target)
              .add(
                  named(target, ObjectSection.data(bytes(new byte[16])), section)
                      .symbol(section.equals("weak") ? choice.weak() : choice)
                      .symbol(ObjectSymbol.data("one_of_" + section, 0, 4).hidden())));
    }
    ObjectWriter user =
        ObjectWriter.of(target)
            .add(
                named(target, ObjectSection.data(bytes(new byte[4])), "user")
                    .retained()
                    .relocation(0, RelocationKind.PC32, "choice"))
            .undefined(ObjectSymbol.data("one_of_weak", 0, 0))
            .undefined(ObjectSymbol.data("one_of_strong", 0, 0).weak());
    List<String> inputs = new ArrayList<>(List.of(link.compile(folder).toString()));
    inputs.add(write(user, "user.o"));
    for (int i = 0; i < 2; i++) {
      inputs.add(write(writers.get(i), i + ".o"));
      try (Arena arena = Arena.ofConfined()) {
        Image image = Image.map(link.link(folder, inputs), arena);
        Section section = section(image, "user");
        long choice = section(image, i == 0 ? "weak" : "strong").address() + 8;
        ValueLayout.OfInt u32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(target.target().byteOrder());
        assertThat(section.address() + section.bytes().get(u32, 0)).isEqualTo(choice);
      }
    }
  }

  private String write(ObjectWriter writer, String name) throws IOException {
    Path object = folder.resolve(name);
    writer.write(object, OutputOptions.standard());
    return object.toString();
  }

  @ParameterizedTest
  @EnumSource
  void cellsAndHolesAreWhereTheNoteSays(ObjectLink link) throws IOException {
    ObjectTarget target = link.target();
    long page = target.target().format() == Format.ELF ? 0 : 4096;
    LinkedNote note =
        LinkedNote.unsealed(Shape.HOLE, page, new DataId("00".repeat(32)), Origin.none());
    CellTable cells =
        CellTable.of(note)
            .slot("slot_cell", "table", 8)
            .importCell("import_cell", "imported", "(I)I")
            .slot("other_cell", "other", 0)
            .slot("second_cell", "table", 16)
            .hole("text", 70_000, List.of(ObjectSymbol.data("text_in_hole", 16, 1)))
            .hole("more", 1, List.of())
            .function("answer", "()I");
    try (Arena arena = Arena.ofConfined()) {
      Image image = linked(link, ObjectWriter.of(target).add(cells), arena);
      LinkedNote linked = (LinkedNote) CodeObject.readNote(Path.of(image.file())).orElseThrow();
      boolean isMachO = target.target().format() == Format.MACHO;
      long start = section(image, isMachO ? "__calslots" : ".calslots").address();
      assertThat(linked.slots()).extracting("address").containsExactly(start, start + 16);
      assertThat(linked.slots()).extracting("section").containsExactly("table", "other");
      assertThat(linked.slots().getFirst().offsets()).containsExactly(8L, 16L);
      assertThat(linked.imports()).extracting("address").containsExactly(start + 24);
      long pageSize = page == 0 ? 65_536 : page;
      assertThat(linked.holes())
          .extracting("size")
          .containsExactly((70_000 + pageSize - 1) & -pageSize, pageSize);
      assertThat(linked.holes().getFirst().address())
          .isEqualTo(section(image, isMachO ? "__jihole" : ".jihole").address());
      assertThat(linked.functions()).isEqualTo(cells.note().functions());
    }
  }

  private Image linked(ObjectLink link, ObjectWriter writer, Arena arena) throws IOException {
    Path object = folder.resolve("written.o");
    writer.write(object, OutputOptions.standard());
    Path library = link.link(folder, List.of(link.compile(folder).toString(), object.toString()));
    return Image.map(library, arena);
  }

  private static ObjectSection values(ObjectTarget target) {
    return named(target, ObjectSection.readOnly(bytes(new byte[64])), "values")
        .alignment(8)
        .symbol(ObjectSymbol.data("value", VALUE, 4).hidden());
  }

  private static ObjectSection named(ObjectTarget target, ObjectSection section, String name) {
    boolean isMachO = target.target().format() == Format.MACHO;
    return section.name(isMachO ? "__" + name : "." + name);
  }

  /** The section, by its name in one of the formats; images of Windows cut names to eight bytes. */
  private static Section section(Image image, String name) {
    for (String spelled : List.of(name, "." + name, "__" + name)) {
      for (String cut : List.of(spelled, spelled.substring(0, Math.min(8, spelled.length())))) {
        if (image.section(cut).isPresent()) {
          return image.section(cut).get();
        }
      }
    }
    throw new AssertionError(name);
  }

  private static Payload bytes(byte[] bytes) {
    return Payload.of(MemorySegment.ofArray(bytes), "bytes");
  }
}
