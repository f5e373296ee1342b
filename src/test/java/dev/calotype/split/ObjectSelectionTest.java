package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.calotype.RefusedException;
import dev.calotype.image.Image;
import dev.calotype.image.Symbol;
import dev.calotype.ji.DataId;
import dev.calotype.ji.Shape;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ObjectSelectionTest {
  private static final ObjectToolchain TOOLS = ObjectToolchain.GCC;
  private static final String OPTIONS = "-O1 -fPIC -fdata-sections -fno-jump-tables";

  @TempDir Path folder;

  @Test
  void withoutChoosingAllReadOnlyDataGoesAndTheRestSaysWhyItStays() throws IOException {
    Path object = TOOLS.compile(folder, "tables.c", OPTIONS);
    ObjectPair pair = ObjectPair.split(object, folder, Shape.SLOTS, ObjectSelection.all());
    assertThat(pair.moved())
        .containsExactlyInAnyOrder(".rodata.squares", ".rodata.bytes", ".rodata.weights");
    assertThat(reason(pair, ".text")).isEqualTo("it is code");
    assertThat(reason(pair, ".data.rel.cursor")).isEqualTo("it is writable");
    assertThat(reason(pair, ".rodata.str1.1"))
        .isEqualTo("the linker merges it with equal constants");
  }

  @Test
  void jumpTablesStayBecauseTheyAreRelocated() throws IOException {
    Path object = TOOLS.compile(folder, "tables.c", "-O2 -fPIC -fdata-sections");
    ObjectPair pair = ObjectPair.split(object, folder, Shape.HOLE, ObjectSelection.all());
    assertThat(reason(pair, ".rodata")).isEqualTo("it has relocations of its own");
  }

  @ParameterizedTest
  @EnumSource(
      value = Shape.class,
      names = {"HOLE", "SLOTS"})
  void stringsThatLinkersMergeGoWhenAskedFor(Shape shape) throws IOException {
    Path object = TOOLS.compile(folder, "tables.c", OPTIONS);
    String whole = TOOLS.run(folder, TOOLS.link(folder, List.of(object), ""), object, List.of());
    ObjectPair pair =
        ObjectPair.split(
            object, folder, shape, new ObjectSelection(List.of(".rodata.str1.1"), List.of()));
    assertThat(pair.moved()).containsExactly(".rodata.str1.1");
    assertThat(reason(pair, ".rodata.bytes")).isEqualTo("not asked for");
    Path library = TOOLS.link(folder, List.of(pair.code()), "");
    assertThat(TOOLS.run(folder, library, pair.data(), pair.bindings(library, 0))).isEqualTo(whole);
  }

  @Test
  void aSymbolStandsForTheSectionItHasToItself() throws IOException {
    Path object = TOOLS.compile(folder, "tables.c", OPTIONS);
    ObjectSelection bytes = new ObjectSelection(List.of(), List.of("bytes"));
    assertThat(ObjectPair.split(object, folder, Shape.HOLE, bytes).moved())
        .containsExactly(".rodata.bytes");

    Path shared = TOOLS.compile(folder, "tables.c", "-O1 -fPIC -fno-jump-tables");
    RefusedException refused = refused(shared, Shape.HOLE, bytes);
    assertThat(refused.reason()).contains("shares section .rodata", "-fdata-sections");
    assertThat(refused.details()).containsExactlyInAnyOrder("squares", "weights");
    ObjectSelection all = new ObjectSelection(List.of(), List.of("bytes", "squares", "weights"));
    assertThat(ObjectPair.split(shared, folder, Shape.HOLE, all).moved())
        .containsExactly(".rodata");
  }

  @ParameterizedTest
  @CsvSource({
    "SECTION, .rodata.none, has no section .rodata.none with bytes",
    "SECTION, .text, section .text has to stay: it is code",
    "SECTION, .data.rel.cursor, section .data.rel.cursor has to stay: it is writable",
    "SYMBOL, none, has no symbol none in a section",
    "SYMBOL, checksum, 'symbol checksum shares section .text with 7 others'",
  })
  void whatCanNotGoIsRefusedByName(String kind, String name, String reason) {
    Path object = TOOLS.compile(folder, "tables.c", OPTIONS);
    ObjectSelection selection =
        kind.equals("SECTION")
            ? new ObjectSelection(List.of(name), List.of())
            : new ObjectSelection(List.of(), List.of(name));
    assertThat(refused(object, Shape.SLOTS, selection).reason()).contains(reason);
  }

  @Test
  void everyReferenceThatSlotsCanNotKeepIsNamedAndNothingIsWritten() throws IOException {
    Path source =
        Files.writeString(
            folder.resolve("direct.s"),
            """
            .text
            mov table(%rip), %eax
            lea table+8(%rip), %rdx
            mov $table, %ecx
            movabs $table, %rsi
            .byte 0x62, 0xf2, 0x7d, 0x48, 0x8d, 0x05
            .reloc ., R_X86_64_PC32, table-4
            .zero 4
            lea table-1(%rip), %rdi
            .section .rodata.table,"a"
            .globl table
            table: .zero 64
            .section .rodata.pointers,"a"
            .quad table
            .data
            .long 0
            .quad table
            """);
    Path object = assemble(source);
    RefusedException refused = refused(object, Shape.SLOTS, ObjectSelection.all());
    assertThat(refused.reason()).contains("7 references", "-fPIC", "hole");
    assertThat(refused.details())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith(".text+0x2: an instruction uses the data itself"),
            line -> assertThat(line).startsWith(".text+0xe: R_X86_64_32"),
            line -> assertThat(line).startsWith(".text+0x14: R_X86_64_64"),
            line -> assertThat(line).startsWith(".text+0x22: an instruction that may be another"),
            line -> assertThat(line).startsWith(".text+0x29: an address outside of the data (-1)"),
            line -> assertThat(line).startsWith(".rodata.pointers+0x0: R_X86_64_64 where"),
            line -> assertThat(line).startsWith(".data+0x4: "));
    assertThat(folder.resolve("direct.o.ji")).doesNotExist();
    assertThat(folder.resolve("direct.slots.o")).doesNotExist();
    assertThat(ObjectPair.split(object, folder, Shape.HOLE, ObjectSelection.all()).moved())
        .containsExactly(".rodata.table");
  }

  @Test
  void aWeakSymbolIsNotBoundToTheDataByHand() throws IOException {
    Path source =
        Files.writeString(
            folder.resolve("weak.s"),
            """
            .text
            mov table@GOTPCREL(%rip), %rax
            .section .rodata.table,"a"
            .weak table
            table: .zero 64
            """);
    assertThat(refused(assemble(source), Shape.SLOTS, ObjectSelection.all()).details())
        .containsExactly(".text+0x3: a weak symbol");
  }

  @Test
  void optimisationDoesNotChangeTheDataFile() throws IOException {
    Set<DataId> ids = new HashSet<>();
    for (String level : List.of("-O0", "-O1", "-O3")) {
      Path object =
          TOOLS.compile(folder, "tables.c", level + " -fPIC -fdata-sections -fno-jump-tables");
      ObjectSelection tables =
          new ObjectSelection(List.of(".rodata.squares", ".rodata.bytes"), List.of());
      ids.add(ObjectPair.split(object, folder, Shape.HOLE, tables).id());
    }
    assertThat(ids).hasSize(1);
  }

  @Test
  void aSecondCodeLeavesTheDataFileAloneAndOtherDataDoesNotReplaceIt() throws IOException {
    Path data = folder.resolve("tables.ji");
    splitInto(data, "-O1", "squares");
    byte[] bytes = Files.readAllBytes(data);
    Files.setLastModifiedTime(data, FileTime.fromMillis(1));
    splitInto(data, "-O3", "squares");
    assertThat(data).hasBinaryContent(bytes);
    assertThat(Files.getLastModifiedTime(data)).isEqualTo(FileTime.fromMillis(1));
    assertThatThrownBy(() -> splitInto(data, "-O0", "bytes"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(data).hasBinaryContent(bytes);
    assertThat(folder.resolve("code-O0.o")).doesNotExist();
  }

  private void splitInto(Path data, String level, String symbol) throws IOException {
    Path object = TOOLS.compile(folder, "tables.c", level + " -fPIC -fdata-sections");
    ObjectSelection selection = new ObjectSelection(List.of(), List.of(symbol));
    try (ObjectSplit split = ObjectSplit.plan(object, Shape.HOLE, selection)) {
      split.write(data, folder.resolve("code" + level + ".o"), WriteOptions.standard());
    }
  }

  @Test
  void theSameObjectGivesTheSameFiles() throws IOException {
    Path object = TOOLS.compile(folder, "tables.c", OPTIONS);
    ObjectPair pair = ObjectPair.split(object, folder, Shape.SLOTS, ObjectSelection.all());
    byte[] data = Files.readAllBytes(pair.data());
    byte[] code = Files.readAllBytes(pair.code());
    ObjectPair.split(object, folder, Shape.SLOTS, ObjectSelection.all());
    assertThat(pair.data()).hasBinaryContent(data);
    assertThat(pair.code()).hasBinaryContent(code);
  }

  @Test
  void twoObjectsThatWereSplitAreLinkedTogether() throws IOException {
    Path one = TOOLS.compile(folder, "tables.c", OPTIONS);
    ObjectPair first = ObjectPair.split(one, folder, Shape.SLOTS, ObjectSelection.all());
    Path source =
        Files.writeString(
            folder.resolve("other.s"),
            """
            .text
            .globl other
            other: lea table(%rip), %rax
            ret
            .section .rodata.table,"a"
            table: .zero 64
            """);
    ObjectPair second =
        ObjectPair.split(assemble(source), folder, Shape.SLOTS, ObjectSelection.all());
    TOOLS.link(folder, List.of(first.code(), second.code()), "");
  }

  @Test
  void anotherObjectCanNotReferToSymbolsThatLeft() throws IOException {
    Path object = TOOLS.compile(folder, "tables.c", OPTIONS);
    ObjectPair pair = ObjectPair.split(object, folder, Shape.SLOTS, ObjectSelection.all());
    Path source = Files.writeString(folder.resolve("user.s"), ".data\n.quad squares\n");
    Run run =
        Run.of(
            Tools.require("ld"),
            "-shared",
            "-o",
            folder.resolve("refused.so").toString(),
            pair.code().toString(),
            assemble(source).toString());
    assertThat(run.exit()).isNotZero();
    assertThat(run.err()).contains("squares");
  }

  @Test
  void neededLeavesGlobalDataToTheDynamicLoader() throws IOException {
    Path object = TOOLS.compile(folder, "tables.c", OPTIONS);
    String whole = TOOLS.run(folder, TOOLS.link(folder, List.of(object), ""), object, List.of());
    ObjectPair pair = ObjectPair.split(object, folder, Shape.NEEDED, ObjectSelection.all());
    assertThat(pair.moved()).containsExactly(".rodata.squares");
    assertThat(pair.exports())
        .containsExactly(new ExportedSymbol("squares", ".rodata.squares", 0, 400));
    assertThat(reason(pair, ".rodata.bytes"))
        .contains("references to it can't be kept (.text+", "not by the global offset table");
    pair.join(folder.resolve("joined.o"));
    assertThat(folder.resolve("joined.o")).hasSameBinaryContentAs(object);
    try (Arena arena = Arena.ofConfined()) {
      Optional<Symbol> squares =
          StreamSupport.stream(Image.map(pair.code(), arena).symbols().spliterator(), false)
              .filter(symbol -> symbol.name().equals("squares"))
              .findFirst();
      assertThat(squares.orElseThrow().isDefined()).isFalse();
    }
    // A library with the data, as the loader will have it.
    Path source =
        Files.writeString(
            folder.resolve("data.s"),
            """
            .section .rodata,"a"
            .globl squares
            .type squares, @object
            .size squares, 400
            squares: .incbin "%s", 0x10000, 400
            """
                .formatted(dataAt64KiB(object)));
    Path data = folder.resolve("libdata.so");
    Run.of(
            Tools.require("gcc"),
            "-shared",
            "-nostdlib",
            "-o",
            data.toString(),
            assemble(source).toString())
        .succeeded();
    Path library =
        TOOLS.link(folder, List.of(pair.code(), data), "-rpath " + folder.toAbsolutePath());
    assertThat(TOOLS.run(folder, library, pair.data(), List.of())).isEqualTo(whole);
  }

  /** The data file of the hole's kind, where the first section starts at 64 KiB. */
  private Path dataAt64KiB(Path object) throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    ObjectSelection squares = new ObjectSelection(List.of(), List.of("squares"));
    return ObjectPair.split(object, elsewhere, Shape.HOLE, squares).data();
  }

  @Test
  void relocationsOfAnotherKindAreNotOverlooked() throws IOException {
    Path object =
        ObjectToolchain.CLANG_LLD.compile(
            folder, "tables.c", OPTIONS + " -Wa,--crel,--allow-experimental-crel");
    assertThat(refused(object, Shape.SLOTS, ObjectSelection.all()).reason())
        .contains("has relocations of another kind", "CREL");
    assertThat(ObjectPair.split(object, folder, Shape.HOLE, ObjectSelection.all()).moved())
        .contains(".rodata.squares");
  }

  @Test
  void objectsOfOtherKindsAreRefusedByName() throws IOException {
    Path source = Files.writeString(folder.resolve("any.c"), "const int table[9] = {1};\n");
    for (String target : List.of("i386-linux-gnu", "s390x-linux-gnu", "armv7-linux-gnueabi")) {
      Path object = folder.resolve("any.o");
      Run.of(
              Tools.require("clang-19"),
              "--target=" + target,
              "-c",
              "-o",
              object.toString(),
              source.toString())
          .succeeded();
      assertThat(refused(object, Shape.HOLE, ObjectSelection.all()).reason())
          .contains("only those for x86_64, aarch64 and riscv64");
    }
    Path library = TOOLS.link(folder, List.of(TOOLS.compile(folder, "tables.c", OPTIONS)), "");
    assertThat(refused(library, Shape.HOLE, ObjectSelection.all()).reason())
        .contains("is no relocatable object");
    Path object = folder.resolve("tables.o");
    ObjectPair pair = ObjectPair.split(object, folder, Shape.HOLE, ObjectSelection.all());
    assertThat(refused(pair.code(), Shape.HOLE, ObjectSelection.all()).reason())
        .contains("is a code object already");
  }

  private Path assemble(Path source) {
    Path object = Path.of(source.toString().replaceFirst("\\.s$", ".o"));
    Run.of(Tools.require("gcc"), "-c", "-o", object.toString(), source.toString()).succeeded();
    return object;
  }

  private static String reason(ObjectPair pair, String section) {
    return pair.choices().stream()
        .filter(choice -> choice.name().equals(section))
        .findFirst()
        .orElseThrow()
        .reason();
  }

  private RefusedException refused(Path object, Shape shape, ObjectSelection selection) {
    return catchThrowableOfType(
        RefusedException.class, () -> ObjectPair.split(object, folder, shape, selection));
  }
}
