package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.testing.ObjectLink;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Places that an assembler asks for and real linkers fill. */
class NotePlacesTest {
  private static final Pattern SPACES = Pattern.compile(" ");

  private static final LinkedNote NOTE =
      LinkedNote.unsealed(Shape.HOLE, 4096, DataId.of(new byte[32]), Origin.none())
          .withLinkage(
              Linkage.none()
                  .withSlots("table", List.of(0L, 64L))
                  .withImport("puts", "(P)I")
                  .withHole("text", 0x1_0000)
                  .withFunction("answer", "()I"));

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void theNoteTellsWhereCellsAndHoleAre(ObjectLink link) throws IOException {
    Path object = assemble(link);
    try (Validity unlinked = CodeObject.check(object, Expectations.none())) {
      assertThat(((Validity.Stale) unlinked).causes())
          .singleElement()
          .extracting(Cause::code)
          .isEqualTo(Cause.Code.UNSEALED);
    }
    Path library = link.link(folder, List.of(link.compile(folder).toString(), object.toString()));
    LinkedNote note = (LinkedNote) CodeObject.readNote(library).orElseThrow();
    long slots = address(library, ".calslots", "__calslots");
    assertThat(note.slots()).containsExactly(new SlotRun("table", List.of(0L, 64L), slots));
    assertThat(note.imports()).containsExactly(new ImportCell("puts", "(P)I", slots + 16));
    assertThat(note.holes())
        .containsExactly(new Hole("text", 0x1_0000, address(library, ".jihole", "__jihole")));
    assertThat(note.functions()).containsExactly(new CodeFunction("answer", "()I"));

    LinkedNote sealed = Seal.seal(library, library, Durability.FAST, true);
    assertThat(sealed.linkage()).isEqualTo(note.linkage());
    byte[] bytes = Files.readAllBytes(library);
    try (Validity fresh = CodeObject.check(library, Expectations.none().withTier(Tier.FULL))) {
      CodeObject code = ((Validity.FreshCode) fresh).code();
      assertThat(((LinkedNote) code.note()).linkage()).isEqualTo(sealed.linkage());
      assertThat(code.noteBytes()).isEqualTo(sealed.encode(link.target().target().byteOrder()));
      // The note's checksum covers the places now.
      for (int place : sealed.placeOffsets()) {
        byte[] changed = bytes.clone();
        changed[(int) code.noteOffset() + place + 3] ^= 1;
        Path other = Files.write(folder.resolve("changed"), changed);
        try (Validity damaged = CodeObject.check(other, Expectations.none())) {
          assertThat(damaged).isInstanceOf(Validity.Damaged.class);
        }
      }
    }
  }

  private static long address(Path library, String... names) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(library, arena);
      for (String name : names) {
        // An image has room for eight bytes of a name.
        for (String spelled : List.of(name, name.substring(0, Math.min(name.length(), 8)))) {
          if (image.section(spelled).isPresent()) {
            return image.section(spelled).get().address();
          }
        }
      }
      throw new AssertionError(names[0]);
    }
  }

  private Path assemble(ObjectLink link) throws IOException {
    Format format = link.target().target().format();
    String place = format == Format.COFF ? ".rva %s\n.long 0\n" : ".quad %1$s - .\n";
    if (format == Format.MACHO) {
      // A symbol, as relocations of differences need; what starts with L would be none.
      place = "place_%1$s: .quad %1$s - place_%1$s\n";
    }
    StringBuilder text = new StringBuilder();
    text.append(
        switch (format) {
          case ELF ->
              ".section .note.GNU-stack,\"\",%progbits\n.section .note.calotype,\"a\",%note\n";
          // Bit 0: there are no exception handlers, which 32-bit Windows wants to know.
          case COFF -> ".globl @feat.00\n.set @feat.00, 1\n.section .calnote,\"dr\"\n";
          default -> ".section __TEXT,__calotype,regular,no_dead_strip\n";
        });
    byte[] bytes = NOTE.encode(link.target().target().byteOrder());
    int[] places = NOTE.placeOffsets();
    text.append(".p2align 3\n");
    for (int i = 0; i < places[0]; i++) {
      text.append(".byte ").append(bytes[i]).append('\n');
    }
    for (String cell : List.of("slots", "cell", "hole")) {
      text.append(place.formatted(cell));
    }
    text.append(
        switch (format) {
          case ELF -> ".section .calslots,\"aw\",%progbits\n";
          case COFF -> ".section .calslots,\"dw\"\n";
          default -> ".section __DATA,__calslots,regular,no_dead_strip\n";
        });
    text.append(".p2align 3\nslots: .quad 0, 0\ncell: .quad 0\n");
    text.append(
        switch (format) {
          case ELF -> ".section .jihole,\"awR\",%nobits\n.p2align 16\nhole: .skip 65536\n";
          case COFF -> ".section .jihole,\"bw\"\n.p2align 12\nhole: .skip 65536\n";
          default -> ".zerofill __JIHOLE,__jihole,hole,65536,12\n";
        });
    Path source = Files.writeString(folder.resolve("note.s"), text);
    Path object = folder.resolve("note.o");
    List<String> command = new ArrayList<>(List.of(Tools.require("clang-19")));
    command.addAll(SPACES.splitAsStream("--target=" + link.compiled() + " -c").toList());
    command.addAll(List.of("-o", object.toString(), source.toString()));
    Run.of(Map.of(), command).succeeded();
    return object;
  }
}
