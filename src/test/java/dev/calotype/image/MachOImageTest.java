package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.MachOImage.BuildVersion;
import dev.calotype.image.MachOImage.Dylib;
import dev.calotype.image.MachOImage.RelocationEntry;
import dev.calotype.image.MachOImage.SymbolEntry;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.MachOFiles;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Clang and LLD make, read by Calotype and by LLVM's tools, which have to see the same. */
class MachOImageTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "x86_64, x86_64, 64",
    "arm64, aarch64, 64",
    "i386, i386, 32",
    "armv7, arm, 32",
    "arm64_32, arm64_32, 32",
  })
  void objectsReadAsLlvmReadsThem(String apple, String architecture, int bits) {
    Path object = MachOFiles.object(folder, apple);
    MachOImage image = compare(object);
    assertThat(image.target())
        .isEqualTo(new Target(architecture, Format.MACHO, bits, ByteOrder.LITTLE_ENDIAN));
    assertThat(image.type()).startsWith("OBJECT");
    assertThat(image.relocations()).isNotEmpty();
    assertThat(image.exports()).isEmpty();
    assertThat(image.imports()).isEmpty();
    assertThat(image.dynamicSymbols().count()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"i386, powerpc, 32", "x86_64, powerpc64, 64"})
  void bigEndianObjectsReadAsLlvmReadsThem(String apple, String architecture, int bits) {
    Path little = MachOFiles.object(folder, apple);
    Path big = MachOFiles.bigEndian(little);
    MachOImage image = compare(big);
    assertThat(image.target())
        .isEqualTo(new Target(architecture, Format.MACHO, bits, ByteOrder.BIG_ENDIAN));
    assertThat(
            image
                .section("__TEXT,__text")
                .orElseThrow()
                .bytes()
                .mismatch(image(little).section("__text").orElseThrow().bytes()))
        .isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "arm64"})
  void librariesReadAsLlvmReadsThem(String apple) {
    MachOImage image = compare(MachOFiles.library(folder, apple, "-adhoc_codesign"));
    assertThat(image.type()).startsWith("DYLIB");
    assertThat(image.linkEditData("LC_CODE_SIGNATURE")).isPresent();
    assertThat(image.linkEditData("LC_DYLD_EXPORTS_TRIE")).isEmpty();
    assertThat(image.linkEditData("LC_UUID")).isEmpty();
    assertThat(image.relocations()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "arm64"})
  void librariesWithChainedFixupsReadAsLlvmReadsThem(String apple) {
    MachOImage image =
        compare(
            MachOFiles.library(
                folder, apple, "-fixup_chains", "-exported_symbol", "_answer", "-no_uuid"));
    assertThat(image.linkEditData("LC_DYLD_CHAINED_FIXUPS")).isPresent();
    assertThat(image.linkEditData("LC_DYLD_EXPORTS_TRIE")).isPresent();
    assertThat(image.linkEditData("LC_FUNCTION_STARTS")).isPresent();
    assertThat(image.buildId()).isEmpty();
    assertThat(image.exports()).extracting(Export::name).containsExactly("_answer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "arm64"})
  void executablesReadAsLlvmReadsThem(String apple) {
    MachOImage image = compare(MachOFiles.executable(folder, apple));
    assertThat(image.type()).startsWith("EXECUTE");
    assertThat(image.installName()).isEmpty();
    Segment zero = image.segments().getFirst();
    assertThat(zero.name()).isEqualTo("__PAGEZERO");
    assertThat(zero.protection()).isEqualTo("---");
    assertThat(zero.bytes().byteSize()).isZero();
    // Exports are where the symbol table has them: above the 4 GiB that are kept free.
    long answer = image.symbols().find("_answer").orElseThrow().value();
    assertThat(answer).isGreaterThan(1L << 32);
    assertThat(image.exports())
        .filteredOn(export -> export.name().equals("_answer"))
        .extracting(Export::address)
        .containsExactly(answer);
  }

  @Test
  void whatOnlyLibrariesSayIsReachable() {
    MachOImage image = image(MachOFiles.library(folder, "arm64"));
    assertThat(image.fileType()).isEqualTo(6);
    assertThat(image.cpuType()).isEqualTo(0x0100000c);
    assertThat(image.installName()).hasValue("@rpath/libmacho.dylib");
    assertThat(image.runPaths()).containsExactly("@loader_path/x", "/opt/y");
    assertThat(image.buildVersion()).hasValue(new BuildVersion("macos", "11.0.0", "12.3.1"));
    assertThat(image.dylibs())
        .containsExactly(
            new Dylib("/usr/lib/libprovider.dylib", "LC_LOAD_DYLIB", "1.2.3", "1.1.0"),
            new Dylib("@rpath/libother.dylib", "LC_LOAD_WEAK_DYLIB", "7.8.9", "7.0.0"));
    assertThat(image.loadCommands())
        .extracting(MachOImage.LoadCommand::index)
        .startsWith(0, 1)
        .isSorted();
  }

  @Test
  void sectionsSayWhatMayBeDoneWithThem() {
    for (Path file :
        List.of(MachOFiles.object(folder, "arm64"), MachOFiles.library(folder, "arm64"))) {
      MachOImage image = image(file);
      assertThat(access(image, "__TEXT,__text")).isEqualTo("loaded executable");
      assertThat(access(image, "__TEXT,__const")).isEqualTo("loaded");
      assertThat(access(image, "__DATA,__data")).isEqualTo("loaded writable");
      Section zeros = image.section("__bss").orElseThrow();
      assertThat(zeros.type()).isEqualTo("ZEROFILL");
      assertThat(zeros.size()).isGreaterThanOrEqualTo(20_000);
      assertThat(zeros.fileSize()).isZero();
      assertThat(zeros.bytes().byteSize()).isZero();
      Section local = image.section("__thread_bss").orElseThrow();
      assertThat(local.type()).isEqualTo("THREAD_LOCAL_ZEROFILL");
      assertThat(local.bytes().byteSize()).isZero();
      assertThat(image.section("__no_such")).isEmpty();
      assertThat(image.section("__DATA,__text")).isEmpty();
      for (Section section : image.sections()) {
        assertThat(image.section(section.qualifiedName()).orElseThrow().index())
            .isEqualTo(section.index());
      }
    }
    Section debug = image(folder.resolve("arm64.o")).section("__debug_info").orElseThrow();
    assertThat(debug.isLoaded()).isFalse();
    assertThat(debug.isWritable()).isFalse();
  }

  @Test
  void addendsOfArmObjectsAreThoseOfTheirPairs() {
    MachOImage image = image(MachOFiles.object(folder, "arm64"));
    assertThat(image.relocations().getFirst())
        .filteredOn(relocation -> relocation.type().equals("ARM64_RELOC_ADDEND"))
        .isNotEmpty()
        .allSatisfy(relocation -> {
          assertThat(relocation.addend()).hasValue(4);
          assertThat(relocation.symbol()).isEmpty();
          assertThat(((RelocationEntry) relocation).section()).isEmpty();
        });
  }

  @ParameterizedTest
  @CsvSource({
    "x86_64-apple-macos10.12, macos, 10.12.0",
    "armv7-apple-ios7.1, ios, 7.1.0",
    "arm64-apple-tvos10, tvos, 10.0.0",
    "armv7k-apple-watchos2, watchos, 2.0.0",
    "arm64-apple-ios14-simulator, iossimulator, 14.0.0",
    "arm64-apple-ios14-macabi, maccatalyst, 14.0.0",
    "arm64-apple-xros1, xros, 1.0.0",
    "arm64-apple-driverkit20, driverkit, 20.0.0",
  })
  void bothKindsOfVersionCommandsAreRead(String triple, String platform, String minimum) {
    Path object = MachOFiles.object(folder, "arm64", "-UHAS_THREAD_LOCALS", "--target=" + triple);
    assertThat(image(object).buildVersion()).hasValue(new BuildVersion(platform, minimum, "0.0.0"));
  }

  private static String access(Image image, String name) {
    Section section = image.section(name).orElseThrow();
    return (section.isLoaded() ? "loaded" : "")
        + (section.isWritable() ? " writable" : "")
        + (section.isExecutable() ? " executable" : "");
  }

  @Test
  void symbolsSayWhatTheyAre() {
    MachOImage object = image(MachOFiles.object(folder, "x86_64", "-fcommon"));
    assertThat(kind(object, "_answer")).isEqualTo("SECT EXTERNAL defined __TEXT,__text");
    assertThat(kind(object, "_overridable")).isEqualTo("SECT WEAK defined __TEXT,__text");
    assertThat(kind(object, "_concealed")).isEqualTo("SECT PRIVATE_EXTERNAL defined __TEXT,__text");
    assertThat(kind(object, "_provided")).isEqualTo("UNDF EXTERNAL");
    assertThat(kind(object, "_provided_data")).isEqualTo("UNDF WEAK");
    assertThat(kind(object, "_common")).isEqualTo("COMMON EXTERNAL defined");
    assertThat(object.symbols().find("_common").orElseThrow().size()).isEqualTo(4);
    assertThat(object.symbols().find("_common").orElseThrow().value()).isZero();

    MachOImage library = image(MachOFiles.library(folder, "x86_64"));
    assertThat(library.symbols())
        .filteredOn(symbol -> !symbol.name().isEmpty() && symbol.type().equals("FUN"))
        .extracting(Symbol::name)
        .contains("_answer", "_name");
    // The STAB of that name comes first and defines nothing.
    assertThat(library.symbols())
        .filteredOn(symbol -> symbol.name().equals("_answer") && symbol.isDefined())
        .extracting(Symbol::type)
        .containsExactly("SECT");
    assertThat(library.dynamicSymbols())
        .extracting(Symbol::name)
        .contains("_answer", "_provided")
        .doesNotContain("_concealed");
  }

  private static String kind(Image image, String name) {
    Symbol symbol = image.symbols().find(name).orElseThrow();
    StringBuilder kind = new StringBuilder(symbol.type() + " " + symbol.binding());
    if (symbol.isDefined()) {
      kind.append(" defined");
    }
    symbol
        .section()
        .ifPresent(index -> kind.append(' ').append(image.sections().get(index).qualifiedName()));
    return kind.toString();
  }

  /** Everything both can say. */
  static MachOImage compare(Path file) {
    MachOImage image = image(file);
    Readobj readobj =
        Readobj.of(
            file,
            "--sections",
            "--symbols",
            "--relocs",
            "--expand-relocs",
            "--macho-segment",
            "--macho-dysymtab");
    assertThat(sections(image)).isEqualTo(readobjSections(readobj)).isNotEmpty();
    assertThat(segments(image)).isEqualTo(readobjSegments(readobj)).isNotEmpty();
    assertThat(symbols(image)).isEqualTo(readobjSymbols(readobj)).isNotEmpty();
    assertThat(relocations(image)).isEqualTo(readobjRelocations(readobj));
    String headers = objdump("--private-headers", file);
    assertThat(image.loadCommands().stream().map(MachOImage.LoadCommand::name).toList())
        .isEqualTo(all("^ *cmd (LC_\\w+)$", headers));
    assertThat(image.loadCommands().stream().map(c -> c.bytes().byteSize() + "").toList())
        .isEqualTo(all("^ *cmdsize (\\d+)", headers));
    assertThat(image.needed()).isEqualTo(needed(headers));
    assertThat(image.installName().stream().toList()).isEqualTo(dylibs("LC_ID_DYLIB", headers));
    assertThat(image.buildId().stream().toList())
        .isEqualTo(
            all("^ *uuid ([0-9A-F-]+)$", headers).stream()
                .map(id -> id.replace("-", "").toLowerCase(Locale.ROOT))
                .toList());
    if (image.fileType() != 1) {
      // The order of a trie's walk says nothing: that of the strings is objdump's, not the file's.
      assertThat(exports(image))
          .containsExactlyInAnyOrderElementsOf(
              all("^0x([0-9A-F]+ +\\S+)", objdump("--exports-trie", file)).stream()
                  .map(MachOImageTest::withoutZeros)
                  .toList());
      assertThat(imports(image)).containsExactlyInAnyOrderElementsOf(nmImports(file));
      assertThat(image.imports()).isNotEmpty();
      for (String command :
          List.of(
              "LC_CODE_SIGNATURE",
              "LC_DYLD_CHAINED_FIXUPS",
              "LC_DYLD_EXPORTS_TRIE",
              "LC_FUNCTION_STARTS",
              "LC_DATA_IN_CODE")) {
        assertThat(
                image.linkEditData(command).stream()
                    .map(data -> data.offset() + " " + data.bytes().byteSize())
                    .toList())
            .as(command)
            .isEqualTo(linkEdit(command, headers));
      }
    }
    return image;
  }

  private static List<String> sections(Image image) {
    List<String> rows = new ArrayList<>();
    for (Section section : image.sections()) {
      rows.add(
          "%d %s %x %x %x %x %x"
              .formatted(
                  section.index(),
                  section.qualifiedName(),
                  section.address(),
                  section.size(),
                  section.offset(),
                  section.alignment(),
                  section.flags()));
    }
    return rows;
  }

  private static List<String> readobjSections(Readobj readobj) {
    List<String> rows = new ArrayList<>();
    for (Readobj section : readobj.child("Sections").orElseThrow().all("Section")) {
      rows.add(
          "%d %s,%s %x %x %x %x %x"
              .formatted(
                  section.number("Index"),
                  section.word("Segment"),
                  section.word("Name"),
                  section.number("Address"),
                  section.number("Size"),
                  section.number("Offset"),
                  1L << section.number("Alignment"),
                  (section.number("Attributes") << 8) | inBrackets(section.text("Type"))));
    }
    return rows;
  }

  private static List<String> segments(Image image) {
    List<String> rows = new ArrayList<>();
    for (Segment segment : image.segments()) {
      rows.add(
          "%s %s %x %x %d %d %s %x"
              .formatted(
                  segment.type(),
                  segment.name(),
                  segment.address(),
                  segment.size(),
                  segment.offset(),
                  segment.fileSize(),
                  segment.protection(),
                  segment.flags()));
    }
    return rows;
  }

  private static List<String> readobjSegments(Readobj readobj) {
    List<String> rows = new ArrayList<>();
    for (Readobj segment : readobj.all("Segment")) {
      if (segment.child("Cmd").isPresent()) {
        rows.add(
            "%s %s %x %x %d %d %s %x"
                .formatted(
                    segment.text("Cmd"),
                    segment.child("Name").map(Readobj::value).orElse(""),
                    segment.number("vmaddr"),
                    segment.number("vmsize"),
                    segment.number("fileoff"),
                    segment.number("filesize"),
                    segment.text("initprot"),
                    segment.number("flags")));
      }
    }
    return rows;
  }

  private static List<String> symbols(Image image) {
    List<String> rows = new ArrayList<>();
    for (Symbol symbol : image.symbols()) {
      SymbolEntry entry = (SymbolEntry) symbol;
      int type = entry.typeByte();
      rows.add(
          "%s %x %d %x"
              .formatted(
                  symbol.name(),
                  entry.isDebugging() ? type : type & 0xe,
                  symbol.section().orElse(-1) + 1,
                  entry.rawValue()));
    }
    return rows;
  }

  private static List<String> readobjSymbols(Readobj readobj) {
    List<String> rows = new ArrayList<>();
    for (Readobj symbol : readobj.child("Symbols").orElseThrow().all("Symbol")) {
      String name = symbol.text("Name");
      long type = inBrackets(symbol.text("Type"));
      // Of an object file's entry, OSO, n_sect is the processor's model and no section.
      long section = type == 0x66 ? 0 : inBrackets(symbol.text("Section"));
      rows.add(
          "%s %x %d %x"
              .formatted(
                  name.substring(0, name.lastIndexOf('(')).strip(),
                  type,
                  section,
                  symbol.number("Value")));
    }
    return rows;
  }

  private static List<String> relocations(Image image) {
    List<String> rows = new ArrayList<>();
    for (RelocationTable table : image.relocations()) {
      String section = image.sections().get(table.section().orElseThrow()).name();
      assertThat(table).hasSize((int) table.count());
      for (Relocation relocation : table) {
        RelocationEntry entry = (RelocationEntry) relocation;
        String target =
            relocation
                .symbol()
                .map(symbol -> symbol.name())
                .or(() ->
                    entry.section().stream()
                        .mapToObj(i -> image.sections().get(i).name())
                        .findFirst())
                .orElse("%x".formatted(entry.value()));
        rows.add(
            "%s %x %d %d %s (%d) %s"
                .formatted(
                    section,
                    relocation.offset(),
                    entry.isPcRelative() ? 1 : 0,
                    Integer.numberOfTrailingZeros(entry.length()),
                    // llvm-readobj has no names for 64-bit PowerPC.
                    image.target().architecture().equals("powerpc64") ? "" : relocation.type(),
                    relocation.typeNumber(),
                    target)
                .replace("  (", " ("));
      }
    }
    return rows;
  }

  private static List<String> readobjRelocations(Readobj readobj) {
    List<String> rows = new ArrayList<>();
    for (Readobj section : readobj.child("Relocations").orElseThrow().children()) {
      for (Readobj relocation : section.all("Relocation")) {
        rows.add(
            "%s %x %d %d %s %s"
                .formatted(
                    section.name().substring("Section ".length()),
                    relocation.number("Offset"),
                    relocation.number("PCRel"),
                    relocation.number("Length"),
                    relocation.text("Type"),
                    target(relocation)));
      }
    }
    return rows;
  }

  private static String target(Readobj relocation) {
    Optional<Readobj> named = relocation.child("Symbol").or(() -> relocation.child("Section"));
    if (named.isEmpty()) {
      return "%x".formatted(relocation.number("Value"));
    }
    String target = named.get().value();
    int bracket = target.lastIndexOf(" (");
    // llvm-readobj looks for the section whose number an addend is.
    return relocation.text("Type").startsWith("ARM64_RELOC_ADDEND")
        ? "%x".formatted(Long.parseLong(target.substring(bracket + 2, target.length() - 1)))
        : target.substring(0, bracket);
  }

  private static List<String> exports(Image image) {
    return StreamSupport.stream(image.exports().spliterator(), false)
        .map(export -> "%X %s".formatted(export.address(), export.name()))
        .toList();
  }

  private static String withoutZeros(String row) {
    int space = row.indexOf(' ');
    return "%X %s"
        .formatted(
            Long.parseUnsignedLong(row.substring(0, space), 16), row.substring(space).strip());
  }

  private static List<String> imports(Image image) {
    return StreamSupport.stream(image.imports().spliterator(), false)
        .map(imported ->
            "%s%s %s"
                .formatted(
                    imported.isWeak() ? "weak " : "",
                    imported.name(),
                    imported
                        .library()
                        .map(library -> library.substring(library.lastIndexOf('/') + 1))
                        // As nm shortens it: libSystem of libSystem.B.dylib.
                        .map(library -> library.replaceFirst("(?<=.)\\..*", ""))
                        .orElse("anywhere")))
        .toList();
  }

  private static List<String> nmImports(Path file) {
    String text = Run.of(Tools.require("llvm-nm-19"), "-mu", file.toString()).succeeded().out();
    return Pattern.compile(
            "\\(undefined\\) (weak )?external (\\S+)(?: \\((?:from )?(.*)\\))?$", Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(row ->
            "%s%s %s"
                .formatted(
                    row.group(1) == null ? "" : row.group(1),
                    row.group(2),
                    // Without two levels of names nm says nothing of libraries.
                    row.group(3) == null || row.group(3).equals("dynamically looked up")
                        ? "anywhere"
                        : row.group(3)))
        .toList();
  }

  private static List<String> needed(String headers) {
    return dylibs("LC_(?:LOAD|LOAD_WEAK|REEXPORT|LAZY_LOAD|LOAD_UPWARD)_DYLIB", headers);
  }

  private static List<String> dylibs(String command, String headers) {
    return all("cmd " + command + "\\n *cmdsize \\d+\\n *name (.*) \\(offset \\d+\\)$", headers);
  }

  private static List<String> linkEdit(String command, String headers) {
    return Pattern.compile(
            "cmd " + command + "\\n *cmdsize \\d+\\n *dataoff (\\d+)\\n *datasize (\\d+)$",
            Pattern.MULTILINE)
        .matcher(headers)
        .results()
        .map(row -> row.group(1) + " " + row.group(2))
        .toList();
  }

  /** The number in the brackets at the end of a text, in hex. */
  private static long inBrackets(String text) {
    int bracket = text.lastIndexOf("(0x");
    return Long.parseLong(text.substring(bracket + 3, text.length() - 1), 16);
  }

  private static List<String> all(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map((MatchResult row) -> row.group(1))
        .toList();
  }

  private static String objdump(String option, Path file) {
    return Run.of(Tools.require("llvm-objdump-19"), "--macho", option, file.toString())
        .succeeded()
        .out();
  }

  private static MachOImage image(Path file) {
    return (MachOImage) Image.of(MemorySegment.ofArray(Bytes.read(file)), file.toString());
  }
}
