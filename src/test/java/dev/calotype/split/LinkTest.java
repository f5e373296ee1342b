package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.emit.ObjectTarget;
import dev.calotype.emit.OutputOptions;
import dev.calotype.image.Format;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.DataFileWriter;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Hole;
import dev.calotype.ji.Linkage;
import dev.calotype.ji.LinkedNote;
import dev.calotype.ji.Origin;
import dev.calotype.ji.Shape;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.CodeLink;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.NoteObject;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Real linkers, every shape, and what other tools say of the results. */
final class LinkTest {
  private static final int SIZE = 65_536;
  private static final byte[] CONTENT = Bytes.random(SIZE, 5);

  /** What follows a section's directive. */
  private static final String HOLE = ".globl table\n.hidden table\ntable: .zero 65536\n";

  private static final OutputOptions REPLACE = OutputOptions.standard().withReplace(true);

  @TempDir Path folder;
  private Path data = Path.of("");
  private Path out = Path.of("");

  @BeforeEach
  void makeData() throws IOException {
    data = folder.resolve("m.ji");
    out = Files.createDirectory(folder.resolve("out"));
    write(data, CONTENT);
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
      objects.add(note(link, SIZE));
    }
    Path target = out.resolve("m.so");
    Linked linked = link(link, shape, objects, target);

    assertThat(linked.note().sealed()).isTrue();
    assertThat(linked.note().shape()).isEqualTo(shape);
    assertThat(linked.messages()).isEmpty();
    assertThat(Bytes.names(out)).containsExactly("m.so");
    assertFresh(target);
    byte[] bytes = Files.readAllBytes(target);
    Path again = Files.createDirectory(out.resolve("a folder")).resolve("m.so");
    link(link, shape, objects, again);
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
    Path plain = data;
    ObjectTarget target =
        switch (link) {
          case LLD_AARCH64 -> ObjectTarget.AARCH64_LINUX;
          case LLD_RISCV64 -> ObjectTarget.RISCV64_LINUX;
          case LLD_S390X -> ObjectTarget.S390X_LINUX;
          default -> ObjectTarget.X86_64_LINUX;
        };
    String soname;
    try (Validity.Fresh fresh = fresh(plain)) {
      SharedData shared = SharedData.of(fresh.data(), target).withExport("table", "table", 0, SIZE);
      soname = shared.soname();
      data = folder.resolve(soname);
      shared.write(data, false);
    }
    Path code = out.resolve("m.so");
    Linked linked = link(link, Shape.NEEDED, List.of(object), code);
    assertThat(linked.note().dataId().hex()).contains(soname.substring(2, 18));
    assertThat(Readobj.of(code, "--needed-libs").toString()).contains(soname);
    assertFresh(code);
    if (link.runsHere()) {
      assertThat(run(code)).isEqualTo(sum());
    }
    // One that nobody refers to is needed all the same, and one without the id in its name is not.
    Path other = link.compile(folder, "slots.c");
    link(link, Shape.NEEDED, List.of(other), out.resolve("n.so"));
    assertThat(Readobj.of(out.resolve("n.so"), "--needed-libs").toString()).contains(soname);
  }

  @ParameterizedTest
  @EnumSource
  void dataThatIsWithinIsFoundThereAndTheSame(CodeLink link) throws IOException {
    Path object = link.compile(folder, "slots.c");
    Path target = out.resolve("m.so");
    Linked linked = link(link, Shape.WITHIN, List.of(object), target);
    assertThat(linked.note().shape()).isEqualTo(Shape.WITHIN);
    assertThat(Bytes.names(out)).containsExactly("m.so");
    assertFresh(target);
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
      assertThat(content).isEqualTo(CONTENT);
    }
    if (link.runsHere()) {
      data = target;
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
    try (Validity.Fresh fresh = fresh(data)) {
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
    assertRefused(link, Shape.SLOTS, List.of(object), arguments)
        .hasMessageContaining("is laid out for pages of 0x1000, the note says 0x10000")
        .hasMessageContaining("; program headers: ");
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeLink.class,
      names = {"GNU", "LLD"})
  void aHoleThatIsNotOfWholePagesIsRefusedWithTheProgramHeaders(CodeLink link) {
    Path whole = note(link, SIZE);
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
        assertRefused(link, Shape.HOLE, List.of(whole, assemble(start + HOLE + ".bss\n.zero 9\n")))
            .as(start)
            .hasMessageContaining("m.so: hole for table at 0x")
            .hasMessageContaining(why)
            .hasMessageContaining("; program headers: "));
    Path good = assemble(".section .jihole,\"awR\",@nobits\n.balign 65536\n" + HOLE);
    assertRefused(link, Shape.HOLE, List.of(note(link, SIZE - 1), good))
        .hasMessageContaining("+0xffff is not aligned to 0x10000");
    assertRefused(link, Shape.HOLE, List.of(note(link, 2L * SIZE), good))
        .hasMessageContaining("lies in no PT_LOAD");
    assertRefused(link, Shape.HOLE, List.of(good))
        .hasMessageContaining("there is no hole in its note");
    Path second =
        assembleNamed("second", ".section .jihole.2,\"awR\",@nobits\n.balign 65536\n.zero 65536\n");
    note(link, SIZE);
    assertRefused(link, Shape.HOLE, List.of(whole, good, second))
        .hasMessageContaining("hole .jihole.2 at 0x")
        .hasMessageContaining("is none of those in the note");
    Path constructor =
        assembleNamed("constructor", ".section .init_array,\"aw\",@init_array\n.quad 0\n");
    assertRefused(link, Shape.HOLE, List.of(whole, good, constructor))
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
        assemble(
            ".section .jihole,\"awR\",@nobits\n.balign 65536\n" + HOLE + ".data\n.zero 64,1\n");
    assertRefused(
            CodeLink.LLD,
            Shape.HOLE,
            List.of(note(CodeLink.LLD, SIZE), object),
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
    assertRefused(link, Shape.HOLE, List.of(object))
        .hasMessageContaining("the shape hole is not linked for x86_64-");
  }

  @Test
  void dataThatIsNoSharedObjectCanNotBeNeeded() {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    assertRefused(CodeLink.LLD, Shape.NEEDED, List.of(object))
        .hasMessageContaining("it is no shared object, so no code can need it");
  }

  @Test
  void theNoteOfAnObjectDecides() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "hole.c");
    Path note = note(CodeLink.LLD, SIZE);
    Path target = out.resolve("m.so");
    try (Validity.Fresh fresh = fresh(data)) {
      Link link = Link.of(fresh, List.of(note, object));
      Linked linked = link.write(target, OutputOptions.standard());
      assertThat(linked.note().shape()).isEqualTo(Shape.HOLE);
      assertThat(linked.command()).doesNotContain(".note.o");
      assertThatThrownBy(() -> link.withShape(Shape.SLOTS).write(target, REPLACE))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("its note is of shape hole, not slots");
      assertThatThrownBy(() -> link.withPageSize(4096).write(target, REPLACE))
          .hasMessageContaining("its note is for pages of 65536 bytes, not 4096");
      assertThatThrownBy(() -> Link.of(fresh, List.of(note, object, note)).write(target, REPLACE))
          .hasMessageContaining("has a note of its data, and so has");
    }
    Path other = folder.resolve("other.ji");
    write(other, Bytes.random(10, 6));
    try (Validity.Fresh fresh = fresh(other)) {
      assertThatThrownBy(() -> Link.of(fresh, List.of(note, object)).write(target, REPLACE))
          .hasMessageStartingWith(note + ": code-data-id: it belongs to data");
    }
    assertFresh(target);
  }

  @Test
  void whatTheNoteSaysOfTheCodeIsWhatWasAsked() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Origin origin = Origin.none().withCompiler("example 1").withFeature("x86-64-v3");
    Path target = out.resolve("m.so");
    try (Validity.Fresh fresh = fresh(data)) {
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
  void objectsForAnotherTargetAreRefusedBeforeTheLinkerRuns() throws IOException {
    Path one = CodeLink.LLD.compile(folder, "slots.c");
    Path other = CodeLink.LLD_AARCH64.compile(folder, "slots.c");
    try (Validity.Fresh fresh = fresh(data)) {
      assertThatThrownBy(
              () -> Link.of(fresh, List.of(one, other)).write(out.resolve("m.so"), REPLACE))
          .isInstanceOf(RefusedException.class)
          .hasMessage(other + ": made for aarch64-elf, but " + one + " for x86_64-elf");
    }
    // One object alone, and a linker of another machine's or another system's.
    assertThatThrownBy(() -> link(CodeLink.GNU, Shape.SLOTS, List.of(other), out.resolve("m.so")))
        .isInstanceOf(LinkerFailedException.class)
        .hasMessageContaining("ld failed with exit code 1: ");
    assertRefused(CodeLink.LD64, Shape.SLOTS, List.of(one))
        .hasMessageContaining("it does not link objects for x86_64-elf");
    assertRefused(CodeLink.LLD_LINK, Shape.SLOTS, List.of(one))
        .hasMessageContaining("it does not link objects for x86_64-elf");
    assertThat(Bytes.names(out)).isEmpty();
  }

  @Test
  void aLinkerThatFailsIsQuotedAndNothingIsLeft() {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Path target = out.resolve("m.so");
    for (CodeLink link : List.of(CodeLink.CC, CodeLink.GNU, CodeLink.LLD)) {
      assertThatThrownBy(() -> link(link, Shape.SLOTS, List.of(object, object), target))
          .isInstanceOfSatisfying(
              LinkerFailedException.class,
              e -> {
                assertThat(e.reason()).startsWith(link.linker() + " failed with exit code 1: ");
                assertThat(e.reason()).hasLineCount(1).containsIgnoringCase("sum");
                assertThat(e.output().lines().count()).isGreaterThan(1);
                assertThat(e.file()).isEqualTo(target.toString());
              });
    }
    assertThat(Bytes.names(out)).isEmpty();
  }

  @Test
  void aLinkerThatMakesNothingOrSomethingElseIsFoundOut() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    assertThatThrownBy(() -> linkedBy("exit 0", object))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("it succeeded and made nothing");
    assertThatThrownBy(() -> linkedBy("cp " + object + " \"$3\"", object))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("the linker left the note out");
    assertThatThrownBy(() -> linkedBy("ld.lld-19 \"$@\" -z separate-code -r", object))
        .isInstanceOf(LinkerFailedException.class);
    assertThatThrownBy(() -> linkedBy("echo not much; kill -9 $$", object))
        .isInstanceOf(LinkerFailedException.class)
        .hasMessageContaining("failed with exit code 137: not much");
    String full = "ld: final link failed: No space left on device";
    assertThatThrownBy(() ->
            linkedBy(
                "echo %s; echo collect2: error: ld returned 1; exit 1".formatted(full), object))
        .hasMessageContaining("failed with exit code 1: " + full);
    assertThatThrownBy(() -> linkedBy("echo /dev/full > \"$3\"", object))
        .isInstanceOf(RuntimeException.class);
    assertThat(Bytes.names(out)).isEmpty();
  }

  @Test
  void anInterruptKillsTheLinkerAndWhatItStarted() throws Exception {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Path started = folder.resolve("started");
    Path pipe = folder.resolve("pipe");
    // A child that waits for ever, as a driver's linker may.
    String script =
        "sh -c 'echo $$ > %1$s.new; mv %1$s.new %1$s; read x < %2$s' & wait"
            .formatted(started, pipe);
    Run.of("mkfifo", pipe.toString()).succeeded();
    List<Throwable> thrown = new ArrayList<>();
    Thread thread =
        new Thread(() -> {
          try {
            linkedBy(script, object);
          } catch (IOException | RuntimeException e) {
            thrown.add(e);
          }
        });
    thread.start();
    while (!Files.exists(started) && thread.isAlive()) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    thread.join();
    assertThat(thrown).singleElement().isInstanceOf(InterruptedIOException.class);
    long child = Long.parseLong(Files.readString(started).strip());
    assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(Bytes.names(out)).isEmpty();
  }

  @Test
  void archivesAndSharedObjectsArePassedOn() throws IOException {
    Path object = CodeLink.LLD.compile(folder, "slots.c");
    Path archive = folder.resolve("lib.a");
    Path member = assembleNamed("member", ".globl thing\n.data\nthing: .quad 1\n");
    Run.of(Tools.require("ar"), "rcs", archive.toString(), member.toString()).succeeded();
    Path shared = folder.resolve("libother.so");
    Path user = assembleNamed("user", ".data\n.quad thing\n.quad elsewhere\n");
    Run.of(
            Tools.require("ld"),
            "-shared",
            "-o",
            shared.toString(),
            assembleNamed("elsewhere", ".globl elsewhere\n.data\nelsewhere: .quad 2\n").toString())
        .succeeded();
    Path target = out.resolve("m.so");
    link(CodeLink.LLD, Shape.SLOTS, List.of(object, user, archive, shared), target);
    assertThat(Readobj.of(target, "--needed-libs").toString()).contains("libother.so");
    try (Validity.Fresh fresh = fresh(data)) {
      assertThatThrownBy(
              () -> Link.of(fresh, List.of(archive, shared)).write(out.resolve("n.so"), REPLACE))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("there is no object to link");
    }
  }

  private Linked link(CodeLink link, Shape shape, List<Path> objects, Path target)
      throws IOException {
    return link(link, shape, objects, target, List.of());
  }

  private Linked link(
      CodeLink link, Shape shape, List<Path> objects, Path target, List<String> arguments)
      throws IOException {
    try (Validity.Fresh fresh = fresh(data)) {
      return Link.of(fresh, objects)
          .withShape(shape)
          .withArguments(arguments)
          .withLinker(Linkers.onPath().named(link.linker()))
          .write(target, OutputOptions.standard());
    }
  }

  /** Links with a script in the linker's place. */
  private Linked linkedBy(String script, Path object) throws IOException {
    Path bin = Files.createTempDirectory(folder, "bin");
    Path linker = bin.resolve("ld.lld");
    Files.writeString(linker, "#!/bin/sh\n" + script + "\n");
    assertThat(linker.toFile().setExecutable(true)).isTrue();
    try (Validity.Fresh fresh = fresh(data)) {
      return Link.of(fresh, List.of(object))
          .withLinker(Linkers.in(List.of(bin)).named("ld.lld"))
          .write(out.resolve("m.so"), OutputOptions.standard());
    }
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      CodeLink link, Shape shape, List<Path> objects) {
    return assertRefused(link, shape, objects, List.of());
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      CodeLink link, Shape shape, List<Path> objects, List<String> arguments) {
    var thrown =
        assertThatThrownBy(() -> link(link, shape, objects, out.resolve("m.so"), arguments))
            .isInstanceOf(RefusedException.class);
    assertThat(Bytes.names(out)).isEmpty();
    return thrown;
  }

  /** A note object for code with a hole at {@code table}. */
  private Path note(CodeLink link, long size) {
    try (Validity.Fresh fresh = fresh(data)) {
      LinkedNote note =
          LinkedNote.unsealed(Shape.HOLE, 65_536, fresh.data().id(), Origin.none())
              .withLinkage(Linkage.none().withHole("table", size));
      return NoteObject.assemble(folder, link, note, "table");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path assemble(String source) {
    return assembleNamed("hole", source);
  }

  private Path assembleNamed(String name, String source) {
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

  private void assertFresh(Path code) throws IOException {
    try (Validity.Fresh fresh = fresh(data);
        Validity validity =
            CodeObject.check(
                code, Expectations.none().withDataId(fresh.data().id()).withTier(Tier.FULL))) {
      assertThat(validity).isInstanceOf(Validity.FreshCode.class);
    }
  }

  private String run(Path code) throws IOException {
    Path program = folder.resolve("print-sum");
    if (!Files.exists(program)) {
      Libraries.compile("gcc", folder, "print-sum.c", program, List.of("-ldl"));
    }
    long offset =
        new String(Files.readAllBytes(data), StandardCharsets.ISO_8859_1)
            .indexOf(new String(CONTENT, StandardCharsets.ISO_8859_1));
    return Run.of(
            Map.of("LD_LIBRARY_PATH", folder.toString()),
            List.of(program.toString(), code.toString(), data.toString(), offset + "", SIZE + ""))
        .succeeded()
        .out()
        .strip();
  }

  private static String sum() {
    long total = 0;
    for (byte value : CONTENT) {
      total = total * 31 + Byte.toUnsignedInt(value);
    }
    return Long.toUnsignedString(total);
  }

  private static String source(Shape shape) {
    return shape == Shape.HOLE ? "hole.c" : "slots.c";
  }

  private static void write(Path file, byte[] content) throws IOException {
    WriteOptions options = WriteOptions.standard().withDurability(Durability.FAST);
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      try (OutputStream section = writer.section("table", 65_536, false)) {
        section.write(content);
      }
      writer.publish();
    }
  }

  private static Validity.Fresh fresh(Path data) throws IOException {
    return (Validity.Fresh) DataFile.check(data, Expectations.none());
  }
}
