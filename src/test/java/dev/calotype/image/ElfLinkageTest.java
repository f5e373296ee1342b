package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Libraries;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Relocations, exports, imports and versions of ELF files as llvm-readobj tells them. */
class ElfLinkageTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x86_64",
        "i386",
        "aarch64",
        "arm",
        "riscv64",
        "powerpc64",
        "powerpc64le",
        "powerpc",
        "s390x",
        "mips",
        "mips64",
        "mips64el",
        "loongarch64"
      })
  void relocationsOfObjectsAndLibrariesAreThoseOfReadobj(String arch) throws IOException {
    compareRelocations(Libraries.object(folder, arch + "-linux-gnu"));
    compareRelocations(Libraries.cross(folder, arch + "-linux-gnu"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "aarch64", "riscv64"})
  void compactRelocationsAreThoseOfReadobj(String arch) throws IOException {
    Path object =
        Libraries.object(folder, arch + "-linux-gnu", "-Wa,--crel,--allow-experimental-crel");
    assertThat(compareRelocations(object)).isNotEmpty();
    assertThat(Run.of(Tools.require("llvm-readelf-19"), "-S", object.toString()).succeeded().out())
        .contains("CREL");
  }

  @Test
  void packedRelativeRelocationsAreThoseOfReadobj() throws IOException {
    for (Path library :
        List.of(
            Toolchain.LLVM_RELR.link(folder),
            Libraries.cross(folder, "i386-linux-gnu", "-Wl,-z,pack-relative-relocs"))) {
      assertThat(compareRelocations(library)).anyMatch(row -> row.startsWith(".relr.dyn"));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GNU", "LLVM_RELR"})
  void withoutSectionHeadersTheDynamicTableNamesTheSameRelocations(Toolchain toolchain)
      throws IOException {
    Path library = toolchain.link(folder);
    try (Arena arena = Arena.ofConfined()) {
      List<String> whole = places(Image.map(library, arena));
      assertThat(places(Image.map(Libraries.withoutSections(library), arena)))
          .hasSizeGreaterThan(3)
          .containsExactlyInAnyOrderElementsOf(whole);
    }
  }

  @Test
  void realLibrariesReadAsReadobjReadsThem() throws IOException {
    for (Path library : Libraries.ofTheSystem(Tools.count(10, 500))) {
      compareRelocations(library);
      compareVersions(library);
    }
  }

  @Test
  void versionsOfAScriptAreThoseOfReadobjOnBigAndSmallMachinesToo() throws IOException {
    Path script = folder.resolve("versions");
    Files.writeString(script, "V_1 { global: ans*; };\nV_2 {} V_1;\nV_EMPTY {} V_2;\n");
    for (String arch : List.of("x86_64", "i386", "s390x", "powerpc")) {
      Path library = Libraries.cross(folder, arch + "-linux-gnu", "-Wl,--version-script=" + script);
      compareVersions(library);
      try (Arena arena = Arena.ofConfined()) {
        ElfImage image = (ElfImage) Image.map(Libraries.withoutSections(library), arena);
        assertThat(image.definedVersions())
            .extracting(ElfImage.DefinedVersion::version)
            .endsWith("V_1", "V_2", "V_EMPTY");
      }
    }
  }

  @Test
  void exportsAreDefinedVisibleSymbolsAndImportsUndefinedOnes() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(library, arena);
      assertThat(names(image.exports(), Export::name))
          .containsExactlyInAnyOrderElementsOf(nm(library, "--defined-only"));
      assertThat(names(image.imports(), Import::name))
          .containsExactlyInAnyOrderElementsOf(nm(library, "--undefined-only"));
      assertThat(image.imports()).anyMatch(Import::isWeak);
    }
  }

  @Test
  void factsThatOnlyElfHasAreThoseOfReadobj() throws IOException {
    Path library =
        Toolchain.GNU.link(folder, "-Wl,-soname,libname.so.7", "-Wl,-rpath,$ORIGIN/../lib");
    try (Arena arena = Arena.ofConfined()) {
      ElfImage image = (ElfImage) Image.map(library, arena);
      assertThat(image.soname()).contains("libname.so.7");
      assertThat(image.runPath()).contains("$ORIGIN/../lib");
      assertThat(image.interpreter()).isEmpty();
      assertThat(image.fileType()).isEqualTo(3);
      assertThat((long) image.dynamicEntries().size() + 1)
          .isEqualTo(
              Readobj.of(library, "--dynamic-table").all("DynamicSection").size() == 0
                  ? dynamicEntries(library)
                  : -1);
      Path program = Libraries.ofTheJdk("../bin/java");
      assertThat(((ElfImage) Image.map(program, arena)).interpreter().orElseThrow())
          .contains("ld-linux");
      Readobj header = Readobj.of(program, "--file-header").all("ElfHeader").getFirst();
      assertThat(((ElfImage) Image.map(program, arena)).entryPoint())
          .isEqualTo(header.number("Entry"));
      assertThat((long) ((ElfImage) Image.map(program, arena)).machine()).isEqualTo(62);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"zlib", "zstd"})
  void compressedSectionsSayHowAndToWhatSize(String method) throws IOException {
    Path plain = Libraries.object(folder, "x86_64-linux-gnu", "-g");
    long size;
    try (Arena arena = Arena.ofConfined()) {
      size = Image.map(plain, arena).section(".debug_str").orElseThrow().size();
    }
    for (String arch : List.of("x86_64", "i386", "s390x")) {
      Path object = Libraries.object(folder, arch + "-linux-gnu", "-g", "-gz=" + method);
      try (Arena arena = Arena.ofConfined()) {
        Section section = Image.map(object, arena).section(".debug_str").orElseThrow();
        Section.Compression compression = section.compression().orElseThrow();
        assertThat(compression.method()).isEqualTo(method);
        assertThat(compression.alignment()).isEqualTo(1);
        assertThat(compression.bytes().byteSize()).isLessThan(section.size());
        if (arch.equals("x86_64")) {
          assertThat(compression.size()).isEqualTo(size);
        }
      }
    }
  }

  @Test
  void moreSectionsThanTheHeaderCanCountAreAllThere() throws IOException {
    Path object = Libraries.manySections(folder, 66_000);
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(object, arena);
      Readobj header = Readobj.of(object, "--file-header").all("ElfHeader").getFirst();
      assertThat(header.text("SectionHeaderCount"))
          .isEqualTo("0 (%d)".formatted(image.sections().size()));
      assertThat(image.sections()).hasSizeGreaterThan(66_000);
      Symbol last = image.symbols().find("symbol_65999").orElseThrow();
      assertThat(image.sections().get(last.section().orElseThrow()).name())
          .isEqualTo(".data.65999");
      Part part = Part.section(".data.65999");
      assertThat(part.findIn(image.bytes(), "many")).isTrue();
      assertThat(part.offset()).isEqualTo(image.section(".data.65999").orElseThrow().offset());
    }
  }

  private static List<String> compareRelocations(Path file) throws IOException {
    List<String> ours = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(file, arena);
      for (RelocationTable table : image.relocations()) {
        long count = 0;
        for (Relocation relocation : table) {
          count++;
          ours.add(
              "%s %x %s %s %s"
                  .formatted(
                      table.name(),
                      relocation.offset(),
                      relocation.type(),
                      relocation.symbol().map(symbol -> name(image, symbol)).orElse("-"),
                      relocation.addend().isPresent()
                          ? Long.toHexString(relocation.addend().getAsLong())
                          : "-"));
        }
        assertThat(count).isEqualTo(table.count());
      }
    }
    assertThat(ours).isEqualTo(readobjRelocations(file));
    return ours;
  }

  /** A section's symbol has no name of its own: readobj gives it the section's. */
  private static String name(Image image, Symbol symbol) {
    String name =
        symbol.type().equals("SECTION")
            ? image.sections().get(symbol.section().orElseThrow()).name()
            : symbol.name();
    return name.isEmpty() ? "-" : name;
  }

  private static List<String> readobjRelocations(Path file) {
    List<String> rows = new ArrayList<>();
    for (Readobj section :
        Readobj.of(file, "--relocations", "--expand-relocs")
            .child("Relocations")
            .orElseThrow()
            .children()) {
      // "Section (5) .rela.text"
      String name = section.name().substring(section.name().indexOf(") ") + 2);
      for (Readobj relocation : section.children()) {
        String symbol = relocation.word("Symbol").replaceFirst("@.*", "");
        rows.add(
            "%s %x %s %s %s"
                .formatted(
                    name,
                    relocation.number("Offset"),
                    relocation.word("Type"),
                    symbol,
                    relocation.child("Addend").isPresent()
                        ? Long.toHexString(relocation.number("Addend"))
                        : "-"));
      }
    }
    return rows;
  }

  private static List<String> places(Image image) {
    List<String> places = new ArrayList<>();
    for (RelocationTable table : image.relocations()) {
      for (Relocation relocation : table) {
        places.add("%x %s".formatted(relocation.offset(), relocation.type()));
      }
    }
    return places;
  }

  private static void compareVersions(Path library) throws IOException {
    Readobj info = Readobj.of(library, "--version-info");
    List<String> defined =
        info.all("Definition").stream()
            .map(it ->
                it.text("Name") + " " + Integer.toHexString(flags(it.child("Flags").orElseThrow())))
            .toList();
    List<String> theirs = new ArrayList<>();
    for (Readobj dependency : info.all("Dependency")) {
      for (Readobj entry : dependency.all("Entry")) {
        theirs.add(dependency.text("FileName") + " " + entry.text("Name"));
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      ElfImage image = (ElfImage) Image.map(library, arena);
      assertThat(image.neededVersions())
          .extracting(version -> version.library() + " " + version.version())
          .isEqualTo(theirs);
      assertThat(image.definedVersions())
          .extracting(it ->
              it.version()
                  + " "
                  + Integer.toHexString((it.isBase() ? 1 : 0) | (it.isWeak() ? 2 : 0)))
          .isEqualTo(defined);
    }
  }

  private static int flags(Readobj block) {
    return Integer.decode(block.value().replaceAll("[()]", ""));
  }

  private static long dynamicEntries(Path library) {
    return Run.of(Tools.require("readelf"), "-dW", library.toString())
        .succeeded()
        .out()
        .lines()
        .filter(line -> line.startsWith(" 0x"))
        .count();
  }

  private static <T> List<String> names(
      Iterable<T> all, java.util.function.Function<T, String> name) {
    return StreamSupport.stream(all.spliterator(), false).map(name).toList();
  }

  private static List<String> nm(Path library, String which) {
    Stream<String> lines =
        Run.of(Tools.require("llvm-nm-19"), "-D", "-j", which, library.toString())
            .succeeded()
            .out()
            .lines();
    return lines.map(line -> line.replaceFirst("@.*", "")).toList();
  }
}
