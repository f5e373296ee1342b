package dev.calotype.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.RefusedException;
import dev.calotype.image.Format;
import dev.calotype.image.Image;
import dev.calotype.image.RelocationTable;
import dev.calotype.image.Section;
import dev.calotype.image.Symbol;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for objects of every target. */
class ObjectWriterTest {
  private static final byte[] CONTENT = Bytes.random(5000, 3);
  private static final OutputOptions REPLACE = OutputOptions.standard().withReplace(true);

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void whatIsGivenIsWhatReadersFind(ObjectTarget target) throws IOException {
    Path object = folder.resolve("object.o");
    long size = everything(target, Payload.of(segment(CONTENT), "content")).write(object, REPLACE);
    assertThat(object).hasSize(size);
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(object, arena);
      assertThat(image.target()).isEqualTo(target.target());
      Section code = section(image, 0);
      assertThat(code.isExecutable()).isTrue();
      assertThat(code.isWritable()).isFalse();
      Section readOnly = section(image, 1);
      assertThat(readOnly.isWritable() || readOnly.isExecutable()).isFalse();
      assertThat(readOnly.bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(CONTENT);
      assertThat(readOnly.alignment()).isEqualTo(64);
      assertThat(readOnly.offset() % 64).isZero();
      Section data = section(image, 2);
      assertThat(data.isWritable() && !data.isExecutable()).isTrue();
      Section zeros = section(image, 3);
      assertThat(zeros.isWritable()).isTrue();
      assertThat(zeros.size()).isEqualTo(1L << 20);
      assertThat(zeros.fileSize()).isZero();
      assertThat(zeros.alignment()).isEqualTo(4096);
      Section own = section(image, 4);
      assertThat(own.name()).endsWith("own_name");

      assertSymbol(image, "function", code, 4);
      assertSymbol(image, "inside", code, 8);
      assertSymbol(image, "hidden", readOnly, 8);
      assertSymbol(image, "a_symbol_with_more_than_eight_bytes", data, 0);
      assertSymbol(image, "zeros", zeros, 16);
      assertThat(symbol(image, "elsewhere").isDefined()).isFalse();
      assertThat(symbol(image, "constant").value()).isEqualTo(0x1234);
      assertThat(symbol(image, "inside").isGlobal()).isFalse();
      assertThat(symbol(image, "function").isGlobal()).isTrue();

      RelocationTable table =
          image.relocations().stream()
              .filter(one -> one.section().orElse(-1) == data.index())
              .findFirst()
              .orElseThrow();
      List<Long> offsets = new ArrayList<>();
      List<String> names = new ArrayList<>();
      for (var relocation : table) {
        offsets.add(relocation.offset());
        relocation.symbol().ifPresent(symbol -> names.add(symbol.name()));
      }
      assertThat(offsets).isSorted().contains(8L, 16L);
      assertThat(names).contains(named(target, "function"), named(target, "elsewhere"));
    }
    assertOtherReadersAgree(object, target);
  }

  private void assertOtherReadersAgree(Path object, ObjectTarget target) {
    Readobj all = Readobj.of(object, "--file-header", "--sections", "--symbols", "--relocations");
    List<String> names =
        all.all("Symbol").stream()
            .flatMap(one -> one.child("Name").stream())
            .map(name -> name.value().replaceFirst(" \\(.*", ""))
            .toList();
    assertThat(names).contains(named(target, "function"), named(target, "inside"));
    Run dump = Run.of(Tools.require("llvm-objdump-19"), "-d", "-r", "-t", "-h", object.toString());
    assertThat(dump.succeeded().err()).isEmpty();
    if (target.target().format() == Format.ELF) {
      Run read = Run.of(Tools.require("readelf"), "-aW", object.toString());
      assertThat(read.succeeded().err()).isEmpty();
      assertThat(read.out()).doesNotContain("Warning").doesNotContain("<corrupt");
      assertThat(read.out()).contains(".note.GNU-stack");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSameCallsGiveTheSameBytesWhereverTheContentComesFrom(ObjectTarget target)
      throws IOException {
    Path object = folder.resolve("object.o");
    everything(target, Payload.of(segment(CONTENT), "content")).write(object, REPLACE);
    byte[] bytes = Files.readAllBytes(object);
    Path file = Files.write(folder.resolve("content"), CONTENT);
    AtomicLong written = new AtomicLong();
    for (Payload payload :
        List.of(Payload.of(file), Payload.of(new ByteArrayInputStream(CONTENT), "stream"))) {
      Path again = folder.resolve("again.o");
      everything(target, payload).write(again, REPLACE, written::addAndGet);
      assertThat(again).hasBinaryContent(bytes);
    }
    assertThat(written.get()).isEqualTo(2L * (CONTENT.length + 16 + 64 + 8));
  }

  @ParameterizedTest
  @EnumSource
  void anObjectWithoutAnythingIsOneToo(ObjectTarget target) throws IOException {
    Path object = folder.resolve("object.o");
    ObjectWriter.of(target).write(object, OutputOptions.standard());
    try (Arena arena = Arena.ofConfined()) {
      assertThat(Image.map(object, arena).target()).isEqualTo(target.target());
    }
    assertThat(Readobj.of(object, "--sections", "--symbols").all("Section"))
        .allMatch(section -> section.children().isEmpty() || section.number("Size") < 200);
  }

  static Stream<Arguments> wrongs() {
    ObjectTarget elf = ObjectTarget.X86_64_LINUX;
    ObjectTarget coff = ObjectTarget.X86_64_WINDOWS;
    ObjectTarget macho = ObjectTarget.AARCH64_MACOS;
    return Stream.of(
        wrong(elf, one -> one.relocation(61, RelocationKind.ABS32, "x"), "section of 64 bytes"),
        wrong(elf, one -> one.relocation(-1, RelocationKind.ABS32, "x"), "section of 64 bytes"),
        wrong(elf, one -> one.relocation(Long.MAX_VALUE, RelocationKind.ABS64, "x"), "64 bytes"),
        wrong(elf, one -> one.relocation(0, RelocationKind.ABS64, ""), "symbol name has 1 to"),
        wrong(elf, one -> one.relocation(0, RelocationKind.PAGE, "x"), "no such thing"),
        wrong(elf, one -> one.symbol(ObjectSymbol.data("x", 65, 0)), "symbol x at 65"),
        wrong(elf, one -> one.symbol(ObjectSymbol.data("x", -1, 0)), "symbol x at -1"),
        wrong(elf, one -> one.symbol(ObjectSymbol.data("a\0b", 0, 0)), "none of them NUL"),
        wrong(
            elf,
            one ->
                one.symbol(ObjectSymbol.data("x", 0, 0))
                    .symbol(ObjectSymbol.data("x", 8, 0).local()),
            "symbol x is defined twice"),
        wrong(elf, one -> one.alignment(3), "alignment 3"),
        wrong(elf, one -> one.alignment(0), "alignment 0"),
        wrong(elf, one -> one.alignment(1L << 32), "alignment 4294967296"),
        wrong(elf, one -> one.name(".symtab"), "meaning of its own"),
        wrong(elf, one -> one.name(""), "section name has 1 to"),
        wrong(coff, one -> one.alignment(16_384), "up to the 8192"),
        wrong(coff, one -> one.name("/4"), "slash"),
        wrong(coff, one -> one.relocation(0, RelocationKind.GOT_RIP, "x"), "no such thing"),
        wrong(coff, one -> one.relocation(0, RelocationKind.PC64, "x"), "no such thing"),
        wrong(coff, one -> one.relocation(0, RelocationKind.ABS32, "x", 1L << 31), "not fit"),
        wrong(coff, one -> one.relocationOfType(0, 1, "x", 4), "room for none"),
        wrong(
            ObjectTarget.AARCH64_WINDOWS,
            one -> one.relocation(0, RelocationKind.PAGE, "x", 4),
            "room for none"),
        wrong(macho, one -> one.alignment(65_536), "up to the 32768"),
        wrong(macho, one -> one.name("__TEXT,a_name_of_17_bytes"), "16 bytes"),
        wrong(macho, one -> one.name("__A,__B,__C"), "no comma"),
        wrong(macho, one -> one.relocation(0, RelocationKind.ABS32, "x"), "no such thing"),
        wrong(macho, one -> one.relocation(0, RelocationKind.CALL, "x", 1 << 23), "24 bits"),
        wrong(macho, one -> one.relocation(0, RelocationKind.GOT_PAGE, "x", 4), "none"),
        wrong(
            ObjectTarget.RISCV64_LINUX,
            one -> one.relocation(0, RelocationKind.PAGE_ADD, "x"),
            "no upper part"));
  }

  private static Arguments wrong(
      ObjectTarget target, UnaryOperator<ObjectSection> change, String why) {
    return Arguments.of(target, change, why);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("wrongs")
  void whatTheTargetCanNotHaveIsRefusedAndLeavesNothing(
      ObjectTarget target, UnaryOperator<ObjectSection> change, String why) {
    ObjectSection section = change.apply(ObjectSection.data(payload(new byte[64])));
    assertThatThrownBy(
            () -> ObjectWriter.of(target).add(section).write(folder.resolve("object.o"), REPLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith(target.triple() + ": ")
        .hasMessageContaining(why);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void otherWrongsAreRefusedToo() {
    ObjectTarget target = ObjectTarget.AARCH64_MACOS;
    ObjectWriter many = ObjectWriter.of(target);
    for (int i = 0; i < 256; i++) {
      many.add(ObjectSection.noBits(1));
    }
    assertRefused(many, "256 sections");
    assertRefused(
        ObjectWriter.of(target).undefined(ObjectSymbol.data("x", 0, 0).local()), "undefined");
    assertRefused(
        ObjectWriter.of(target)
            .add(ObjectSection.noBits(64).relocation(0, RelocationKind.ABS64, "x")),
        "section of 64 bytes");
    assertRefused(
        ObjectWriter.of(ObjectTarget.X86_64_WINDOWS).absolute(ObjectSymbol.data("x", 1L << 32, 0)),
        "symbol x at 0x100000000");
    assertRefused(
        ObjectWriter.of(ObjectTarget.X86_64_WINDOWS).add(ObjectSection.noBits(1L << 32)),
        "without content");
    assertThatThrownBy(() -> ObjectSection.noBits(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  private void assertRefused(ObjectWriter writer, String why) {
    assertThatThrownBy(() -> writer.write(folder.resolve("object.o"), REPLACE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(why);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aSectionOfCoffMayHaveMoreRelocationsThanItsHeaderCounts() throws IOException {
    int count = 66_000;
    for (int more : new int[] {0xfffe, 0xffff, count}) {
      ObjectSection section = ObjectSection.data(payload(new byte[8 * count]));
      for (int i = 0; i < more; i++) {
        section.relocation(8L * i, RelocationKind.ABS64, "x" + i % 7);
      }
      Path object = folder.resolve("object.o");
      ObjectWriter.of(ObjectTarget.X86_64_WINDOWS).add(section).write(object, REPLACE);
      try (Arena arena = Arena.ofConfined()) {
        Image image = Image.map(object, arena);
        assertThat(image.relocations().getFirst().count()).isEqualTo(more);
      }
      Run other = Run.of(Tools.require("llvm-objdump-19"), "-r", object.toString());
      assertThat(other.succeeded().out().lines().filter(line -> line.contains("ADDR64")))
          .hasSize(more);
    }
  }

  @Test
  void aPayloadThatFailsLeavesNothing() {
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };
    assertThatThrownBy(() ->
            ObjectWriter.of(ObjectTarget.X86_64_LINUX)
                .add(ObjectSection.data(payload(new byte[100])))
                .add(ObjectSection.data(Payload.of(failing, "failing")).name(".more"))
                .write(folder.resolve("object.o"), REPLACE))
        .isInstanceOf(IOException.class)
        .hasMessage("gone");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatIsLargerThanTheHeapIsWrittenAllTheSame() throws IOException {
    long size = ((long) Tools.count(64, 3000) << 20) + 1;
    for (String target : new String[] {"X86_64_LINUX", "X86_64_WINDOWS", "AARCH64_MACOS"}) {
      Path object = folder.resolve("object.o");
      Run.java(List.of("-Xmx16m"), WriteOne.class, target, object.toString(), Long.toString(size))
          .succeeded();
      Readobj section =
          Readobj.of(object, "--sections").all("Section").stream()
              .filter(one -> one.child("Name").isPresent() && one.word("Name").endsWith("data"))
              .findFirst()
              .orElseThrow();
      String sizeField = target.endsWith("WINDOWS") ? "RawDataSize" : "Size";
      assertThat(section.number(sizeField)).isEqualTo(size);
      Files.delete(object);
    }
  }

  /** Writes an object with so much data, in a JVM of its own. */
  static final class WriteOne {
    private WriteOne() {}

    public static void main(String[] arguments) throws IOException {
      long size = Long.parseLong(arguments[2]);
      InputStream numbers =
          new InputStream() {
            private long left = size;

            @Override
            public int read() {
              return left-- > 0 ? (int) left & 0xff : -1;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
              if (left == 0) {
                return -1;
              }
              int given = (int) Math.min(left, length);
              left -= given;
              return given;
            }
          };
      ObjectWriter.of(ObjectTarget.valueOf(arguments[0]))
          .add(
              ObjectSection.data(Payload.of(numbers, "numbers"))
                  .symbol(ObjectSymbol.data("end", size, 0))
                  .relocation(size - 8, RelocationKind.ABS64, "end"))
          .write(Path.of(arguments[1]), REPLACE.withDurability(Durability.FAST));
    }
  }

  private static ObjectWriter everything(ObjectTarget target, Payload content) {
    return ObjectWriter.of(target)
        .add(
            ObjectSection.code(payload(new byte[16]))
                .symbol(ObjectSymbol.function("function", 4, 12))
                .symbol(ObjectSymbol.function("inside", 8, 0).local()))
        .add(
            ObjectSection.readOnly(content)
                .alignment(64)
                .symbol(ObjectSymbol.data("hidden", 8, 8).hidden()))
        .add(
            ObjectSection.data(payload(new byte[64]))
                .symbol(ObjectSymbol.data("a_symbol_with_more_than_eight_bytes", 0, 8))
                .relocation(16, RelocationKind.PC32, "elsewhere", -4)
                .relocation(8, RelocationKind.PC32, "function")
                .relocation(32, RelocationKind.PLACE, "zeros"))
        .add(
            ObjectSection.noBits(1 << 20).alignment(4096).symbol(ObjectSymbol.data("zeros", 16, 4)))
        .add(ObjectSection.data(payload(new byte[8])).name("own_name").retained())
        .absolute(ObjectSymbol.data("constant", 0x1234, 0))
        .undefined(ObjectSymbol.function("perhaps", 0, 0).weak());
  }

  private static void assertSymbol(Image image, String name, Section section, long offset) {
    Symbol symbol = symbol(image, name);
    assertThat(symbol.section()).hasValue(section.index());
    assertThat(symbol.value() - section.address()).as(name).isEqualTo(offset);
  }

  private static Symbol symbol(Image image, String name) {
    for (Symbol symbol : image.symbols()) {
      if (List.of(name, "_" + name).contains(symbol.name())) {
        return symbol;
      }
    }
    throw new AssertionError(name);
  }

  /** As the target spells a name of C. */
  private static String named(ObjectTarget target, String name) {
    boolean isPrefixed =
        target.target().format() == Format.MACHO || target == ObjectTarget.I686_WINDOWS;
    return isPrefixed ? "_" + name : name;
  }

  /** The section that was given at that position: ELF's first one is none. */
  private static Section section(Image image, int position) {
    return image.sections().get(position + (image.format() == Format.ELF ? 1 : 0));
  }

  private static Payload payload(byte[] bytes) {
    return Payload.of(segment(bytes), "bytes");
  }

  private static MemorySegment segment(byte[] bytes) {
    return MemorySegment.ofArray(bytes);
  }
}
