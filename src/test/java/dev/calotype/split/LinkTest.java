package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.RefusedException;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.emit.OutputOptions;
import dev.calotype.image.Format;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Hole;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.CodeLink;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Real linkers, every shape, and what other tools say of the results. */
final class LinkTest {
  private final Path folder;
  private final Path out;
  private final Linking linking;

  LinkTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    linking = new Linking(folder);
    out = linking.out();
  }

  static Stream<Arguments> shapes() {
    return Stream.of(CodeLink.values())
        .flatMap(link ->
            Stream.of(Shape.SLOTS, Shape.HOLE)
                .filter(shape -> shape == Shape.SLOTS || link.format() == Format.ELF)
                .map(shape -> Arguments.of(link, shape)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void whatIsLinkedIsProvenSealedAndTheSameEachTime(CodeLink link, Shape shape) throws IOException {
    List<Path> objects = new ArrayList<>(List.of(link.compile(folder, source(shape))));
    if (shape == Shape.HOLE) {
      objects.add(linking.note(link, Linking.SIZE));
    }
    Path target = out.resolve("m.so");
    Linked linked = linking.link(link, shape, objects, target);

    assertThat(linked.note().sealed()).isTrue();
    assertThat(linked.note().shape()).isEqualTo(shape);
    assertThat(linked.messages()).isEmpty();
    assertThat(Bytes.names(out)).containsExactly("m.so");
    linking.assertFresh(target);
    byte[] bytes = Files.readAllBytes(target);
    Path again = Files.createDirectory(out.resolve("a folder")).resolve("m.so");
    linking.link(link, shape, objects, again);
    assertThat(again).hasBinaryContent(bytes);
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain(folder.toString());
    if (link.format() == Format.ELF) {
      LinkedPages.assertPages(target, 65_536);
    }
    assertThat(linked.note().holes()).hasSize(shape == Shape.HOLE ? 1 : 0);
    for (Hole hole : linked.note().holes()) {
      LinkedPages.assertHole(target, hole);
    }
    if (link.runsHere()) {
      assertThat(run(target)).isEqualTo(sum());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeLink.class,
      names = {"LLD_LINK", "LLD_LINK_AARCH64", "MINGW", "MINGW_GCC", "LD64", "LD64_ARM64"},
      mode = EnumSource.Mode.EXCLUDE)
  void dataThatIsASharedObjectIsNeeded(CodeLink link) throws IOException {
    Path object = link.compile(folder, "needed.c");
    ObjectTarget target =
        switch (link) {
          case LLD_AARCH64 -> ObjectTarget.AARCH64_LINUX;
          case LLD_RISCV64 -> ObjectTarget.RISCV64_LINUX;
          case LLD_S390X -> ObjectTarget.S390X_LINUX;
          default -> ObjectTarget.X86_64_LINUX;
        };
    String soname;
    try (Validity.Fresh fresh = linking.fresh()) {
      SharedData shared =
          SharedData.of(fresh.data(), target).withExport("table", "table", 0, Linking.SIZE);
      soname = shared.soname();
      Path file = folder.resolve(soname);
      shared.write(file, false);
      linking.setData(file);
    }
    Path code = out.resolve("m.so");
    Linked linked = linking.link(link, Shape.NEEDED, List.of(object), code);
    assertThat(linked.note().dataId().hex()).contains(soname.substring(2, 18));
    assertThat(Readobj.of(code, "--needed-libs").toString()).contains(soname);
    linking.assertFresh(code);
    if (link.runsHere()) {
      assertThat(run(code)).isEqualTo(sum());
    }
    // One that nobody refers to is needed all the same, and one without the id in its name is not.
    Path other = link.compile(folder, "slots.c");
    linking.link(link, Shape.NEEDED, List.of(other), out.resolve("n.so"));
    assertThat(Readobj.of(out.resolve("n.so"), "--needed-libs").toString()).contains(soname);
  }

  @ParameterizedTest
  @EnumSource
  void dataThatIsWithinIsFoundThereAndTheSame(CodeLink link) throws IOException {
    Path object = link.compile(folder, "slots.c");
    Path target = out.resolve("m.so");
    Linked linked = linking.link(link, Shape.WITHIN, List.of(object), target);
    assertThat(linked.note().shape()).isEqualTo(Shape.WITHIN);
    assertThat(Bytes.names(out)).containsExactly("m.so");
    linking.assertFresh(target);
    Expectations full = Expectations.none().withDataId(linked.note().dataId());
    try (Validity inside = DataFile.check(target, full.withTier(Tier.FULL))) {
      assertThat(inside).isInstanceOf(Validity.Fresh.class);
      byte[] content =
          ((Validity.Fresh) inside)
              .data()
              .section("table")
              .orElseThrow()
              .newInputStream()
              .readAllBytes();
      assertThat(content).isEqualTo(Linking.CONTENT);
    }
    if (link.runsHere()) {
      linking.setData(target);
      assertThat(run(target)).isEqualTo(sum());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeLink.class,
      names = {"GNU", "LLD", "GOLD"})
  void smallerPagesAreAskedForAndProvenToo(CodeLink link) throws IOException {
    Path object = link.compile(folder, "hole.c");
    Path target = out.resolve("m.so");
    try (Validity.Fresh fresh = linking.fresh()) {
      Linked linked =
          Link.of(fresh, List.of(object))
              .withShape(Shape.SLOTS)
              .withPageSize(4096)
              .withLinker(Linkers.onPath().named(link.linker()))
              .write(target, OutputOptions.standard());
      assertThat(linked.note().pageSize()).isEqualTo(4096);
    }
    LinkedPages.assertPages(target, 4096);
  }

  @Test
  void theNoteOfAnObjectDecides() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "hole.c");
    Path note = linking.note(CodeLink.LLD, Linking.SIZE);
    Path target = out.resolve("m.so");
    try (Validity.Fresh fresh = linking.fresh()) {
      Link link = Link.of(fresh, List.of(note, object));
      Linked linked = link.write(target, OutputOptions.standard());
      assertThat(linked.note().shape()).isEqualTo(Shape.HOLE);
      assertThat(linked.command()).doesNotContain(".note.o");
      assertThatThrownBy(() -> link.withShape(Shape.SLOTS).write(target, Linking.REPLACE))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("its note is of shape hole, not slots");
      assertThatThrownBy(() -> link.withPageSize(4096).write(target, Linking.REPLACE))
          .hasMessageContaining("its note is for pages of 65536 bytes, not 4096");
      assertThatThrownBy(
              () -> Link.of(fresh, List.of(note, object, note)).write(target, Linking.REPLACE))
          .hasMessageContaining("has a note of its data, and so has");
    }
    Path other = folder.resolve("other.ji");
    Linking.write(other, Bytes.random(10, 6));
    try (Validity.Fresh fresh = Linking.fresh(other)) {
      assertThatThrownBy(() -> Link.of(fresh, List.of(note, object)).write(target, Linking.REPLACE))
          .hasMessageStartingWith(note + ": code-data-id: it belongs to data");
    }
    linking.assertFresh(target);
  }

  @Test
  void whatTheNoteSaysOfTheCodeIsWhatWasAsked() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Origin origin = Origin.none().withCompiler("example 1").withFeature("x86-64-v3");
    Path target = out.resolve("m.so");
    try (Validity.Fresh fresh = linking.fresh()) {
      LinkedNote note =
          Link.of(fresh, List.of(object))
              .withOrigin(origin)
              .write(target, OutputOptions.standard())
              .note();
      assertThat(note.origin().compiler()).isEqualTo("example 1");
      assertThat(note.origin().features()).containsExactly("x86-64-v3");
      assertThat(note.target()).isEqualTo("x86_64-elf");
      assertThat(note.pageSize()).isEqualTo(65_536);
    }
  }

  @Test
  void archivesAndSharedObjectsArePassedOn() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Path archive = folder.resolve("lib.a");
    Path member = linking.assembleNamed("member", ".globl thing\n.data\nthing: .quad 1\n");
    Run.of(Tools.require("ar"), "rcs", archive.toString(), member.toString()).succeeded();
    Path shared = folder.resolve("libother.so");
    Path user = linking.assembleNamed("user", ".data\n.quad thing\n.quad elsewhere\n");
    Run.of(
            Tools.require("ld"),
            "-shared",
            "-o",
            shared.toString(),
            linking
                .assembleNamed("elsewhere", ".globl elsewhere\n.data\nelsewhere: .quad 2\n")
                .toString())
        .succeeded();
    Path target = out.resolve("m.so");
    linking.link(CodeLink.LLD, Shape.SLOTS, List.of(object, user, archive, shared), target);
    assertThat(Readobj.of(target, "--needed-libs").toString()).contains("libother.so");
    try (Validity.Fresh fresh = linking.fresh()) {
      assertThatThrownBy(() ->
              Link.of(fresh, List.of(archive, shared)).write(out.resolve("n.so"), Linking.REPLACE))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("there is no object to link");
    }
  }

  private String run(Path code) throws IOException {
    Path data = linking.data();
    Path program = folder.resolve("print-sum");
    if (!Files.exists(program)) {
      Libraries.compile("gcc", folder, "print-sum.c", program, List.of("-ldl"));
    }
    long offset =
        new String(Files.readAllBytes(data), StandardCharsets.ISO_8859_1)
            .indexOf(new String(Linking.CONTENT, StandardCharsets.ISO_8859_1));
    return Run.of(
            Map.of("LD_LIBRARY_PATH", folder.toString()),
            List.of(
                program.toString(),
                code.toString(),
                data.toString(),
                offset + "",
                Linking.SIZE + ""))
        .succeeded()
        .out()
        .strip();
  }

  private static String sum() {
    long total = 0;
    for (byte value : Linking.CONTENT) {
      total = total * 31 + Byte.toUnsignedInt(value);
    }
    return Long.toUnsignedString(total);
  }

  private static String source(Shape shape) {
    return shape == Shape.HOLE ? "hole.c" : "slots.c";
  }
}
