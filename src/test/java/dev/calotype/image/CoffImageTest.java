package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import dev.calotype.testing.Windows;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects for Windows read by Calotype and by llvm-readobj, which has to see the same. */
class CoffImageTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "x86_64, x86_64, 64",
    "i686, i386, 32",
    "aarch64, aarch64, 64",
    "arm64ec, arm64ec, 64",
    "thumbv7, arm, 32"
  })
  void objectsReadAsReadobjReadsThem(String compiled, String architecture, int bits) {
    for (String source : List.of("exporter.c", "importer.c")) {
      Path object = Windows.object(folder, compiled, source, "-g", "-gcodeview");
      Image image = read(object);
      compare(image, object);
      assertThat(image.target().id()).isEqualTo(architecture + "-coff");
      assertThat(image.target().bits()).isEqualTo(bits);
      assertThat(image.section(".text").orElseThrow().isExecutable()).isTrue();
      assertThat(image.section("nothing")).isEmpty();
      assertThat(image.needed()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "i686"})
  void objectsOfTheGnuToolsReadAsReadobjReadsThem(String architecture) {
    Path object = Windows.mingw(folder, architecture, "-c", "-ffunction-sections");
    compare(read(object), object);
  }

  @Test
  void longNamesAreFoundInTheStringTable() {
    Path object = Windows.object(folder, "x86_64", "exporter.c");
    Image image = read(object);
    Section section = image.section(".a_long_name").orElseThrow();
    assertThat(section.name()).isEqualTo(".a_long_name");
    assertThat(section.size()).isEqualTo(12);
    Part part = Part.section(".a_long_name");
    assertThat(part.findIn(image.bytes(), "object")).isTrue();
    assertThat(part.offset()).isEqualTo(section.offset());
    assertThat(part.size()).isEqualTo(12);
    assertThat(Part.section(".a_long_nam").findIn(image.bytes(), "object")).isFalse();
    assertThat(Part.segment(".a_long_name").findIn(image.bytes(), "object")).isFalse();
    assertThat(image.symbols().find("a_function_with_a_long_name")).isPresent();
  }

  @Test
  void longNamesAreFoundBehindSixDigitsOfBase64Too() {
    byte[] object = Bytes.read(Windows.object(folder, "x86_64", "exporter.c"));
    ByteBuffer bytes = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
    int index = read(object).section(".a_long_name").orElseThrow().index();
    int name = 20 + 40 * index;
    String decimal = new String(object, name, 8, StandardCharsets.US_ASCII).strip();
    int offset = Integer.parseInt(decimal.replaceAll("[/\0]", ""));
    String digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    String base64 = "//AAAA%c%c".formatted(digits.charAt(offset / 64), digits.charAt(offset % 64));
    bytes.put(name, base64.getBytes(StandardCharsets.US_ASCII));
    assertThat(read(object).section(".a_long_name").orElseThrow().index()).isEqualTo(index);
    assertThat(read(object).sections().get(index).name()).isEqualTo(".a_long_name");
    bytes.put(name, "//zzzzzz".getBytes(StandardCharsets.US_ASCII));
    assertThat(read(object).section(".a_long_name")).isEmpty();
    assertThatThrownBy(() -> read(object).sections().get(index).name())
        .isInstanceOf(MalformedImageException.class);
  }

  @Test
  void zerosHaveNoBytesInTheFile() {
    Image image = read(Windows.object(folder, "x86_64", "exporter.c"));
    Section zeros = image.section(".bss").orElseThrow();
    assertThat(zeros.size()).isEqualTo(36_000);
    assertThat(zeros.fileSize()).isZero();
    assertThat(zeros.bytes().byteSize()).isZero();
    assertThat(zeros.type()).isEqualTo("UNINITIALIZED_DATA");
    Symbol common =
        read(Windows.object(folder, "x86_64", "importer.c"))
            .symbols()
            .find("common_data")
            .orElseThrow();
    assertThat(common.isDefined()).isTrue();
    assertThat(common.size()).isEqualTo(4);
    assertThat(common.value()).isZero();
  }

  @Test
  void alignmentsAreThoseTheAssemblerAskedFor() {
    StringBuilder text = new StringBuilder();
    for (int power = 0; power <= 13; power++) {
      text.append(".section .a%d,\"dr\"\n.p2align %d\n.long 1\n".formatted(power, power));
    }
    Image image = read(Windows.assemble(folder, text.toString()));
    for (int power = 0; power <= 13; power++) {
      assertThat(image.section(".a" + power).orElseThrow().alignment()).isEqualTo(1L << power);
    }
  }

  @Test
  void moreSectionsThanTheOrdinaryHeaderCountsAreRead() {
    int count = 65_400;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(".section s%d,\"dr\"\n.globl v%d\nv%d: .long f@IMGREL\n".formatted(i, i, i));
    }
    Path object = Windows.assemble(folder, text.toString());
    CoffImage image = (CoffImage) read(object);
    assertThat(image.isBigObject()).isTrue();
    assertThat(image.type()).isEqualTo("big object");
    assertThat(image.sections()).hasSize(count + 3);
    assertThat(image.section("s65399").orElseThrow().index()).isEqualTo(count + 2);
    assertThat(Part.section("s65399").findIn(image.bytes(), "object")).isTrue();
    assertThat(image.relocations()).hasSize(count);
    assertThat(image.relocations().getLast().iterator().next().symbol().orElseThrow().name())
        .isEqualTo("f");
    List<String> rows = new ArrayList<>();
    for (Symbol symbol : image.symbols()) {
      if (symbol.isGlobal() && symbol.isDefined()) {
        rows.add("%08x %s".formatted(symbol.value(), symbol.name()));
        assertThat("v" + (symbol.section().orElseThrow() - 3)).isEqualTo(symbol.name());
      }
    }
    String nm =
        Run.of(Tools.require("llvm-nm-19"), "-p", "-g", "--defined-only", object.toString())
            .succeeded()
            .out();
    assertThat(rows).hasSize(count).isEqualTo(nm.lines().map(CoffImageTest::withoutType).toList());
  }

  private static String withoutType(String line) {
    return line.substring(0, 9) + line.substring(11);
  }

  @ParameterizedTest
  @ValueSource(ints = {65_534, 65_535, 65_536, 70_000})
  void moreRelocationsThanASectionHeaderCountsAreRead(int count) {
    Path object =
        Windows.assemble(folder, ".data\n.rept %d\n.long f@IMGREL\n.endr\n".formatted(count));
    Image image = read(object);
    assertThat(image.relocations()).hasSize(1);
    RelocationTable table = image.relocations().getFirst();
    assertThat(table.count()).isEqualTo(count);
    assertThat(table.iterator().next().offset()).isZero();
    assertThat(CoffOracle.relocations(image))
        .isEqualTo(CoffOracle.relocations(Readobj.of(object, "--relocations")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "i686", "aarch64"})
  void importObjectsSayWhatTheyImport(String architecture) {
    Windows.exporter(folder, architecture);
    List<String> imports = new ArrayList<>();
    for (Path member : Windows.members(folder.resolve("exporter.lib"))) {
      CoffImage image = (CoffImage) read(member);
      if (image.importObject().isPresent()) {
        CoffImage.ImportObject self = image.importObject().get();
        imports.add("%s %s".formatted(self.type(), self.nameType()));
        Readobj readobj = Readobj.of(member);
        assertThat(image.type()).isEqualTo("import object");
        assertThat(self.type()).isEqualTo(readobj.text("Type"));
        assertThat(self.nameType()).isEqualTo(readobj.text("Name type"));
        assertThat(StreamSupport.stream(image.symbols().spliterator(), false).map(Symbol::name))
            .isEqualTo(readobj.all("Symbol").stream().map(Readobj::value).toList());
        assertThat(image.needed()).containsExactly("exporter.dll");
        assertThat(image.sections()).isEmpty();
        assertThat(Part.section(".text").findIn(image.bytes(), "import")).isFalse();
      } else {
        compare(image, member);
      }
    }
    assertThat(imports)
        .contains("code ordinal")
        .anyMatch(text -> text.startsWith("data "))
        .hasSize(5);
  }

  private static void compare(Image image, Path object) {
    Readobj readobj =
        Readobj.of(object, "--file-headers", "--sections", "--symbols", "--relocations");
    CoffOracle.compareTables(image, readobj);
    assertThat(CoffOracle.relocations(image)).isEqualTo(CoffOracle.relocations(readobj));
    CoffImage coff = (CoffImage) image;
    Readobj header = readobj.child("ImageFileHeader").orElseThrow();
    assertThat(coff.machine()).isEqualTo(inBrackets(header.text("Machine")));
    assertThat(coff.characteristics()).isEqualTo((int) header.number("Characteristics"));
    assertThat(coff.timeDateStamp()).isEqualTo(inBrackets(header.text("TimeDateStamp")));
    assertThat(coff.isBigObject()).isFalse();
  }

  private static int inBrackets(String text) {
    return Long.decode(text.substring(text.lastIndexOf('(') + 1, text.length() - 1)).intValue();
  }

  private static Image read(byte[] bytes) {
    return Image.of(MemorySegment.ofArray(bytes), "object");
  }

  private static Image read(Path file) {
    return Image.of(MemorySegment.ofArray(Bytes.read(file)), file.toString());
  }
}
