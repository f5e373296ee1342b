package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Libraries;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Real libraries read by Calotype and by GNU readelf, which has to see the same. */
class ElfImageTest {
  private static final String HOST = System.getProperty("os.arch").replace("amd64", "x86_64");

  @TempDir Path folder;

  static Stream<Path> realLibraries() {
    return Stream.concat(
        Stream.of("server/libjvm.so", "libjava.so", "libnet.so", "../bin/java")
            .map(Libraries::ofTheJdk),
        Libraries.ofTheSystem(Tools.count(25, 1000)).stream());
  }

  @ParameterizedTest
  @MethodSource("realLibraries")
  void realLibrariesReadAsReadelfReadsThem(Path library) throws IOException {
    compare(library, HOST);
  }

  @ParameterizedTest
  @CsvSource({
    "i386, 32, little",
    "arm, 32, little",
    "armeb, 32, big",
    "mips, 32, big",
    "mipsel, 32, little",
    "riscv32, 32, little",
    "powerpc, 32, big",
    "x86_64, 64, little",
    "aarch64, 64, little",
    "aarch64_be, 64, big",
    "riscv64, 64, little",
    "powerpc64, 64, big",
    "powerpc64le, 64, little",
    "s390x, 64, big",
    "loongarch64, 64, little",
  })
  void bothClassesAndByteOrdersReadAsReadelfReadsThem(String arch, int bits, String endian)
      throws IOException {
    Path library = Libraries.cross(folder, arch + "-linux-gnu");
    compare(library, arch);
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(library, arena);
      assertThat(image.target().bits()).isEqualTo(bits);
      assertThat(image.target().endian()).isEqualTo(endian);
      assertThat(symbols(image.symbols())).isEqualTo(readelfSymbols(library, "-sW"));
      Path stripped = Libraries.withoutSections(library);
      assertThat(symbols(Image.map(stripped, arena).dynamicSymbols()))
          .isEqualTo(symbols(image.dynamicSymbols()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatEveryLinkerMakesReadsAsReadelfReadsIt(Toolchain toolchain) throws IOException {
    compare(toolchain.link(folder), HOST);
  }

  @ParameterizedTest
  @EnumSource(names = {"GNU", "LLVM"})
  void symbolsReadAsReadelfReadsThem(Toolchain toolchain) throws IOException {
    Path library = toolchain.link(folder);
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(library, arena);
      assertThat(symbols(image.symbols())).isEqualTo(readelfSymbols(library, "-sW"));
      assertThat(symbols(image.dynamicSymbols())).isEqualTo(readelfSymbols(library, "--dyn-syms"));
      assertThat(image.symbols().find("answer").orElseThrow().type()).isEqualTo("FUNC");
      assertThat(image.dynamicSymbols().find("no such symbol")).isEmpty();
    }
  }

  @Test
  void aFileWithoutSectionHeadersStillShowsWhatItsLoaderSees() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    Path stripped = Libraries.withoutSections(library);
    try (Arena arena = Arena.ofConfined()) {
      Image whole = Image.map(library, arena);
      Image image = Image.map(stripped, arena);
      assertThat(image.sections()).isEmpty();
      assertThat(image.section(".text")).isEmpty();
      assertThat(image.symbols().count()).isZero();
      assertThat(image.buildId()).isEqualTo(whole.buildId()).isPresent();
      assertThat(image.needed()).isEqualTo(whole.needed()).isNotEmpty();
      assertThat(symbols(image.dynamicSymbols())).isEqualTo(symbols(whole.dynamicSymbols()));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GNU", "LLVM"})
  void bothKindsOfHashTableSayHowManyDynamicSymbolsThereAre(Toolchain toolchain)
      throws IOException {
    for (String style : List.of("sysv", "gnu")) {
      Path library = toolchain.link(folder, "-Wl,--hash-style=" + style);
      Path stripped = Libraries.withoutSections(library);
      try (Arena arena = Arena.ofConfined()) {
        assertThat(symbols(Image.map(stripped, arena).dynamicSymbols()))
            .isEqualTo(symbols(Image.map(library, arena).dynamicSymbols()));
      }
    }
  }

  @Test
  void sectionBytesAreTheFilesOwn() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(library, arena);
      Section data = image.section(".rodata").orElseThrow();
      assertThat(data.bytes().mismatch(image.bytes().asSlice(data.offset(), data.size())))
          .isEqualTo(-1);
      assertThat(data.isLoaded()).isTrue();
      assertThat(data.isWritable()).isFalse();
      assertThat(data.isExecutable()).isFalse();
      Section zeros = image.section(".bss").orElseThrow();
      assertThat(zeros.fileSize()).isZero();
      assertThat(zeros.bytes().byteSize()).isZero();
      assertThat(zeros.size()).isGreaterThan(20_000);
      assertThat(image.section(".text").orElseThrow().isExecutable()).isTrue();
    }
  }

  private static void compare(Path library, String architecture) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(library, arena);
      assertThat(sections(image)).isEqualTo(readelfSections(library));
      assertThat(segments(image)).isEqualTo(readelfSegments(library));
      String dynamic = readelf("-dW", library);
      assertThat(image.needed())
          .isEqualTo(all("\\(NEEDED\\) +Shared library: \\[(.*)]", dynamic, "%s"));
      assertThat(image.buildId().stream().toList())
          .isEqualTo(all("Build ID: ([0-9a-f]+)", readelf("-nW", library), "%s"));
      assertThat(image.dynamicSymbols().count())
          .isEqualTo(readelfCount(".dynsym", readelf("--dyn-syms", library)));
      assertThat(image.symbols().count())
          .isEqualTo(readelfCount(".symtab", readelf("-sW", library)));
      assertThat(image.target().architecture()).isEqualTo(architecture);
    }
  }

  private static List<String> sections(Image image) {
    List<String> rows = new ArrayList<>();
    for (Section section : image.sections()) {
      rows.add(
          "%s %x %x %x"
              .formatted(section.name(), section.address(), section.offset(), section.size()));
    }
    return rows;
  }

  private static List<String> readelfSections(Path library) {
    return all(
        "\\[ *\\d+\\] (\\S*) +[A-Z0-9_x:<> ]+ +([0-9a-f]{8,16}) ([0-9a-f]{6,}) ([0-9a-f]{6,}) ",
        readelf("-SW", library),
        "%s %h %h %h");
  }

  private static List<String> segments(Image image) {
    List<String> rows = new ArrayList<>();
    for (Segment segment : image.segments()) {
      rows.add(
          "%x %x %x %x %s"
              .formatted(
                  segment.offset(),
                  segment.address(),
                  segment.fileSize(),
                  segment.size(),
                  segment.protection()));
    }
    return rows;
  }

  private static List<String> readelfSegments(Path library) {
    List<String> rows = new ArrayList<>();
    Pattern row =
        Pattern.compile(
            "^  [A-Z_0-9x+]+ +0x([0-9a-f]+) 0x([0-9a-f]+) 0x[0-9a-f]+ 0x([0-9a-f]+) 0x([0-9a-f]+)"
                + " (.)(.)(.) ",
            Pattern.MULTILINE);
    Matcher matcher = row.matcher(readelf("-lW", library));
    while (matcher.find()) {
      rows.add(
          "%x %x %x %x %s%s%s"
              .formatted(
                  Long.parseUnsignedLong(matcher.group(1), 16),
                  Long.parseUnsignedLong(matcher.group(2), 16),
                  Long.parseUnsignedLong(matcher.group(3), 16),
                  Long.parseUnsignedLong(matcher.group(4), 16),
                  matcher.group(5).equals("R") ? "r" : "-",
                  matcher.group(6).equals("W") ? "w" : "-",
                  matcher.group(7).equals("E") ? "x" : "-"));
    }
    return rows;
  }

  private static List<String> symbols(SymbolTable table) {
    List<String> rows = new ArrayList<>();
    for (Symbol symbol : table) {
      rows.add(
          "%x %d %s %s %s %s"
              .formatted(
                  symbol.value(),
                  symbol.size(),
                  symbol.type(),
                  symbol.binding(),
                  symbol.isDefined() ? "defined" : "UND",
                  symbol.type().equals("SECTION") ? "" : withoutVersion(symbol.name())));
    }
    return rows;
  }

  /** GNU ld writes versions into the names of undefined symbols; readelf shows them apart. */
  private static String withoutVersion(String name) {
    int at = name.indexOf('@');
    return at < 0 ? name : name.substring(0, at);
  }

  private static List<String> readelfSymbols(Path library, String option) {
    String text = readelf(option, library);
    String table = option.equals("-sW") ? ".symtab" : ".dynsym";
    List<String> rows = new ArrayList<>();
    Pattern row =
        Pattern.compile(
            "^ *\\d+: ([0-9a-f]+) +(\\d+|0x[0-9a-f]+) (\\S+) +(\\S+) +\\S+ +(?:\\[[^\\]]*\\]"
                + " +)?(\\S+) ?([^@\\n]*)",
            Pattern.MULTILINE);
    Matcher matcher = row.matcher(text.substring(text.indexOf("'" + table + "'")));
    while (matcher.find()) {
      rows.add(
          "%x %d %s %s %s %s"
              .formatted(
                  Long.parseUnsignedLong(matcher.group(1), 16),
                  Long.decode(matcher.group(2)),
                  matcher.group(3),
                  matcher.group(4),
                  matcher.group(5).equals("UND") ? "UND" : "defined",
                  matcher.group(3).equals("SECTION") ? "" : matcher.group(6).strip()));
    }
    return rows;
  }

  private static long readelfCount(String table, String text) {
    Matcher matcher = Pattern.compile("'" + table + "' contains (\\d+) entr").matcher(text);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** Every match, its groups put into {@code format}: %s as it is, %h as a number without zeros. */
  private static List<String> all(String pattern, String text, String format) {
    List<String> rows = new ArrayList<>();
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    while (matcher.find()) {
      StringBuilder row = new StringBuilder();
      int group = 1;
      for (int i = 0; i < format.length(); i++) {
        if (format.charAt(i) == '%') {
          String value = matcher.group(group++);
          row.append(
              format.charAt(++i) == 'h'
                  ? Long.toHexString(Long.parseUnsignedLong(value, 16))
                  : value);
        } else {
          row.append(format.charAt(i));
        }
      }
      rows.add(row.toString());
    }
    return rows;
  }

  private static String readelf(String option, Path library) {
    return Run.of(Tools.require("readelf"), "-W", option, library.toString()).succeeded().out();
  }
}
