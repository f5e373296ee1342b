package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.RefusedException;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Validity;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.CodeLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Objects that are not linked, and what linkers make of them that is not what the note says. */
final class LinkRefusalTest {
  /** What follows a section's directive. */
  private static final String HOLE = ".globl table\n.hidden table\ntable: .zero 65536\n";

  private final Path folder;
  private final Path out;
  private final Linking linking;

  LinkRefusalTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    linking = new Linking(folder);
    out = linking.out();
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeLink.class,
      names = {"GNU", "LLD", "CC"})
  void anArgumentThatUndoesThePagesIsFoundOut(CodeLink link) {
    Path object = link.compile(folder, "slots.c");
    String prefix = link == CodeLink.CC ? "-Wl," : "";
    List<String> arguments =
        link == CodeLink.CC
            ? List.of(prefix + "-z,max-page-size=4096")
            : List.of("-z", "max-page-size=4096");
    linking
        .assertRefused(link, Shape.SLOTS, List.of(object), arguments)
        .hasMessageContaining("is laid out for pages of 0x1000, the note says 0x10000")
        .hasMessageContaining("; program headers: ");
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeLink.class,
      names = {"GNU", "LLD"})
  void aHoleThatIsNotOfWholePagesIsRefusedWithTheProgramHeaders(CodeLink link) {
    Path whole = linking.note(link, Linking.SIZE);
    Map<String, String> bad =
        Map.of(
            ".section .jihole,\"awR\",@nobits\n.balign 4096\n.zero 4096\n",
            "is not aligned to 0x10000",
            ".section .jihole,\"aw\"\n.balign 65536\n",
            "shares a page with bytes of its PT_LOAD",
            ".section .jihole,\"awxR\",@nobits\n.balign 65536\n",
            "lies in a PT_LOAD of protection",
            ".section .jihole,\"awR\",@nobits\n.balign 65536\n.zero 65536\n.bss\n.balign 65536\n",
            "section .bss");
    bad.forEach((start, why) ->
        linking
            .assertRefused(
                link,
                Shape.HOLE,
                List.of(whole, linking.assemble(start + HOLE + ".bss\n.zero 9\n")))
            .as(start)
            .hasMessageContaining("m.so: hole for table at 0x")
            .hasMessageContaining(why)
            .hasMessageContaining("; program headers: "));
    Path good = linking.assemble(".section .jihole,\"awR\",@nobits\n.balign 65536\n" + HOLE);
    linking
        .assertRefused(link, Shape.HOLE, List.of(linking.note(link, Linking.SIZE - 1), good))
        .hasMessageContaining("+0xffff is not aligned to 0x10000");
    linking
        .assertRefused(link, Shape.HOLE, List.of(linking.note(link, 2L * Linking.SIZE), good))
        .hasMessageContaining("lies in no PT_LOAD");
    linking
        .assertRefused(link, Shape.HOLE, List.of(good))
        .hasMessageContaining("there is no hole in its note");
    Path second =
        linking.assembleNamed(
            "second", ".section .jihole.2,\"awR\",@nobits\n.balign 65536\n.zero 65536\n");
    linking.note(link, Linking.SIZE);
    linking
        .assertRefused(link, Shape.HOLE, List.of(whole, good, second))
        .hasMessageContaining("hole .jihole.2 at 0x")
        .hasMessageContaining("is none of those in the note");
    Path constructor =
        linking.assembleNamed("constructor", ".section .init_array,\"aw\",@init_array\n.quad 0\n");
    linking
        .assertRefused(link, Shape.HOLE, List.of(whole, good, constructor))
        .hasMessageContaining("DT_INIT_ARRAY");
  }

  @Test
  void aHoleThatAnotherSegmentReachesIntoIsRefused() throws IOException {
    Path script = folder.resolve("script");
    Files.writeString(
        script,
        """
        PHDRS { text PT_LOAD; rw PT_LOAD; over PT_LOAD; dynamic PT_DYNAMIC; note PT_NOTE; }
        SECTIONS {
          . = SIZEOF_HEADERS;
          .note.calotype : { *(.note.calotype) } :text :note
          .dynsym : { *(.dynsym) } :text
          .dynstr : { *(.dynstr) } :text
          .hash : { *(.hash) } :text
          .text : { *(.text) } :text
          .dynamic : { *(.dynamic) } :text :dynamic
          . = 0x20000;
          .jihole (NOLOAD) : { *(.jihole) } :rw
          . = 0x28000;
          .data : { *(.data) } :over
          /DISCARD/ : { *(.eh_frame) *(.gnu.hash) }
        }
        """);
    Path object =
        linking.assemble(
            ".section .jihole,\"awR\",@nobits\n.balign 65536\n" + HOLE + ".data\n.zero 64,1\n");
    linking
        .assertRefused(
            CodeLink.LLD,
            Shape.HOLE,
            List.of(linking.note(CodeLink.LLD, Linking.SIZE), object),
            List.of("-T", script.toString(), "--hash-style=sysv", "--no-check-sections"))
        .hasMessageContaining("hole for table at 0x20000+0x10000 shares its pages with")
        .hasMessageContaining("; program headers: ");
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeLink.class,
      names = {"LLD_LINK", "MINGW", "LD64"})
  void holesAreForElfAlone(CodeLink link) {
    Path object = link.compile(folder, "slots.c");
    linking
        .assertRefused(link, Shape.HOLE, List.of(object))
        .hasMessageContaining("the shape hole is not linked for x86_64-");
  }

  @Test
  void dataThatIsNoSharedObjectCanNotBeNeeded() {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    linking
        .assertRefused(CodeLink.LLD, Shape.NEEDED, List.of(object))
        .hasMessageContaining("it is no shared object, so no code can need it");
  }

  @Test
  void objectsForAnotherTargetAreRefusedBeforeTheLinkerRuns() throws IOException {
    Path one = CodeLink.LLD.compile(folder, "slots.c");
    Path other = CodeLink.LLD_AARCH64.compile(folder, "slots.c");
    try (Validity.Fresh fresh = linking.fresh()) {
      assertThatThrownBy(
              () -> Link.of(fresh, List.of(one, other)).write(out.resolve("m.so"), Linking.REPLACE))
          .isInstanceOf(RefusedException.class)
          .hasMessage(other + ": made for aarch64-elf, but " + one + " for x86_64-elf");
    }
    // One object alone, and a linker of another machine's or another system's.
    assertThatThrownBy(
            () -> linking.link(CodeLink.GNU, Shape.SLOTS, List.of(other), out.resolve("m.so")))
        .isInstanceOf(LinkerFailedException.class)
        .hasMessageContaining("ld failed with exit code 1: ");
    linking
        .assertRefused(CodeLink.LD64, Shape.SLOTS, List.of(one))
        .hasMessageContaining("it does not link objects for x86_64-elf");
    linking
        .assertRefused(CodeLink.LLD_LINK, Shape.SLOTS, List.of(one))
        .hasMessageContaining("it does not link objects for x86_64-elf");
    assertThat(Bytes.names(out)).isEmpty();
  }
}
