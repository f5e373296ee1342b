package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.PeImage.DataDirectory;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Windows;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Libraries for Windows read by Calotype and by llvm-readobj, which has to see the same. */
class PeImageTest {
  private static final Pattern IMPORT = Pattern.compile("(.*) \\((\\d+)\\)");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"x86_64, x86_64, 64", "i686, i386, 32", "aarch64, aarch64, 64"})
  void librariesLinkedByLldReadAsReadobjReadsThem(String compiled, String architecture, int bits) {
    Path importer = Windows.importer(folder, compiled);
    for (Path library :
        List.of(importer, folder.resolve("exporter.dll"), folder.resolve("late.dll"))) {
      PeImage image = read(library);
      compare(image, library);
      assertThat(image.target().id()).isEqualTo(architecture + "-pe");
      assertThat(image.target().bits()).isEqualTo(bits);
      assertThat(image.symbols()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "i686"})
  void librariesLinkedByTheGnuToolsReadAsReadobjReadsThem(String architecture) {
    Path library = Windows.mingw(folder, architecture, "-Wl,--build-id");
    PeImage image = read(library);
    compare(image, library);
    assertThat(image.symbols().count()).isGreaterThan(100);
    assertThat(image.needed()).contains("KERNEL32.dll");
    assertThat(image.buildId()).isPresent();
    assertThat(image.section(".debug_info")).isPresent();
    Symbol answer =
        image.symbols().find(architecture.equals("i686") ? "_answer" : "answer").orElseThrow();
    assertThat(image.exports())
        .anyMatch(export -> export.name().equals("answer") && export.address() == answer.value());
    Path stripped = Windows.mingw(folder, architecture, "-s");
    compare(read(stripped), stripped);
    assertThat(read(stripped).symbols()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "x86_64, libgcc_s_seh-1.dll",
    "x86_64, libgomp-1.dll",
    "x86_64, libssp-0.dll",
    "i686, libgcc_s_dw2-1.dll",
    "i686, libquadmath-0.dll"
  })
  void librariesThatComeWithTheGnuToolsReadAsReadobjReadsThem(String architecture, String name) {
    Path library = Windows.ofMingw(architecture, name);
    compare(read(library), library);
  }

  @Test
  void everyKindOfExportIsTold() {
    PeImage image = read(Windows.exporter(folder, "x86_64"));
    List<Export> exports = new ArrayList<>();
    image.exports().forEach(exports::add);
    assertThat(exports)
        .extracting(Export::name)
        .containsExactlyInAnyOrder("", "answer", "also_answer", "forwarded", "shared_data");
    assertThat(exports)
        .filteredOn(export -> export.name().isEmpty())
        .singleElement()
        .satisfies(export -> assertThat(export.ordinal()).hasValue(7));
    assertThat(exports)
        .filteredOn(export -> export.forwardedTo().isPresent())
        .containsExactly(
            new Export(
                "forwarded",
                exports.stream()
                    .filter(e -> e.name().equals("forwarded"))
                    .findAny()
                    .orElseThrow()
                    .ordinal(),
                0,
                Optional.of("other.thing")));
    assertThat(image.exportName()).contains("exporter.dll");
  }

  @Test
  void everyKindOfImportIsTold() {
    PeImage image = read(Windows.importer(folder, "x86_64"));
    Optional<String> library = Optional.of("exporter.dll");
    assertThat(image.imports())
        .containsExactlyInAnyOrder(
            new Import("answer", library, OptionalLong.empty(), false),
            new Import("", library, OptionalLong.of(7), false),
            new Import("shared_data", library, OptionalLong.empty(), false),
            new Import("late", Optional.of("late.dll"), OptionalLong.empty(), true));
    assertThat(image.needed()).containsExactly("exporter.dll");
    assertThat(image.delayNeeded()).containsExactly("late.dll");
  }

  @Test
  void importsAsOldLinkersWroteThemAreTold() {
    Path library = Windows.importer(folder, "i686");
    byte[] bytes = Bytes.read(library);
    PeImage image = (PeImage) Image.of(MemorySegment.ofArray(bytes), "old");
    List<Import> imports = new ArrayList<>();
    image.imports().forEach(imports::add);
    assertThat(imports).hasSize(4);
    ByteBuffer changed = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    // Without a lookup table; and with addresses in memory for what is loaded late.
    changed.putInt(offset(image, 1), 0);
    int delayed = offset(image, 13);
    int base = (int) image.imageBase();
    changed.putInt(delayed, 0);
    for (int field : new int[] {4, 16}) {
      changed.putInt(delayed + field, changed.getInt(delayed + field) + base);
    }
    assertThat(image.imports()).containsExactlyElementsOf(imports);
    assertThat(image.delayNeeded()).containsExactly("late.dll");
  }

  /** Where a data directory starts in the file. */
  private static int offset(PeImage image, int directory) {
    long address = image.dataDirectories().get(directory).address();
    for (Section section : image.sections()) {
      if (address >= section.address() && address < section.address() + section.fileSize()) {
        return (int) (address - section.address() + section.offset());
      }
    }
    throw new AssertionError("no section has 0x%x".formatted(address));
  }

  @Test
  void sectionsAreWhatTheLoaderMaps() {
    PeImage image = read(Windows.exporter(folder, "x86_64"));
    assertThat(image.segments())
        .extracting(segment -> segment.name() + " " + segment.protection())
        .contains(".text r-x", ".rdata r--", ".data rw-");
    Section data = image.section(".data").orElseThrow();
    assertThat(data.isWritable()).isTrue();
    assertThat(data.isLoaded()).isTrue();
    assertThat(data.alignment()).isEqualTo(4096);
    assertThat(data.size()).isGreaterThan(36_000).isGreaterThan(data.fileSize());
    for (Part part : List.of(Part.section(".data"), Part.segment(".data"))) {
      assertThat(part.findIn(image.bytes(), "library")).isTrue();
      assertThat(part.address()).isEqualTo(data.address());
      assertThat(part.offset()).isEqualTo(data.offset());
      assertThat(part.size()).isEqualTo(data.fileSize());
    }
  }

  /** Everything both can say. */
  static void compare(PeImage image, Path library) {
    Readobj readobj =
        Readobj.of(
            library,
            "--file-headers",
            "--sections",
            "--symbols",
            "--coff-imports",
            "--coff-exports",
            "--coff-debug-directory",
            "--coff-basereloc");
    CoffOracle.compareTables(image, readobj);
    compareHeaders(image, readobj);
    assertThat(exports(image)).isEqualTo(exports(readobj));
    assertThat(imports(image)).isEqualTo(imports(readobj));
    assertThat(relocations(image)).isEqualTo(relocations(readobj));
    assertThat(image.needed()).isEqualTo(names(readobj, "Import"));
    assertThat(image.delayNeeded()).isEqualTo(names(readobj, "DelayImport"));
    List<Readobj> pdbs = readobj.all("PDBInfo");
    assertThat(image.pdb().isPresent()).isEqualTo(!pdbs.isEmpty());
    for (Readobj pdb : pdbs) {
      String guid = pdb.text("PDBGUID").replaceAll("[{}]", "");
      PeImage.Pdb own = image.pdb().orElseThrow();
      assertThat(own.guid()).isEqualTo(guid);
      assertThat(own.age()).isEqualTo(pdb.number("PDBAge"));
      assertThat(image.buildId())
          .contains(guid.replace("-", "") + Long.toHexString(own.age()).toUpperCase(Locale.ROOT));
    }
  }

  private static void compareHeaders(PeImage image, Readobj readobj) {
    Readobj file = readobj.child("ImageFileHeader").orElseThrow();
    assertThat(image.characteristics()).isEqualTo((int) file.number("Characteristics"));
    Readobj header = readobj.child("ImageOptionalHeader").orElseThrow();
    assertThat(image.entryPoint()).isEqualTo(header.number("AddressOfEntryPoint"));
    assertThat(image.imageBase()).isEqualTo(header.number("ImageBase"));
    assertThat(image.sectionAlignment()).isEqualTo(header.number("SectionAlignment"));
    assertThat(image.fileAlignment()).isEqualTo(header.number("FileAlignment"));
    assertThat(image.sizeOfImage()).isEqualTo(header.number("SizeOfImage"));
    assertThat(image.dllCharacteristics()).isEqualTo((int) header.number("Characteristics"));
    List<Readobj> directories = header.child("DataDirectory").orElseThrow().children();
    List<DataDirectory> own = image.dataDirectories();
    assertThat(own).hasSize(16).hasSize(directories.size() / 2);
    for (int i = 0; i < own.size(); i++) {
      assertThat(own.get(i).address()).isEqualTo(number(directories.get(2 * i)));
      assertThat(own.get(i).size()).isEqualTo(number(directories.get(2 * i + 1)));
    }
  }

  private static long number(Readobj line) {
    return Long.parseLong(line.value().substring(2), 16);
  }

  private static List<String> exports(Image image) {
    List<String> rows = new ArrayList<>();
    for (Export export : image.exports()) {
      rows.add(
          "%d %s %s"
              .formatted(
                  export.ordinal().orElseThrow(),
                  export.name(),
                  export.forwardedTo().orElse("0x%X".formatted(export.address()))));
    }
    return rows;
  }

  /** Ordinals that nothing is exported under are listed too, at address 0; we have no such. */
  private static List<String> exports(Readobj readobj) {
    List<String> rows = new ArrayList<>();
    for (Readobj export : readobj.all("Export")) {
      String forwarded = export.child("ForwardedTo").map(Readobj::value).orElse("");
      // An empty name's line ends at its colon.
      String name = export.child("Name").map(Readobj::value).orElse("");
      if (!forwarded.isEmpty() || export.number("RVA") != 0) {
        rows.add(
            "%d %s %s"
                .formatted(
                    export.number("Ordinal"),
                    name,
                    forwarded.isEmpty() ? export.text("RVA") : forwarded));
      }
    }
    return rows;
  }

  private static List<String> imports(Image image) {
    List<String> rows = new ArrayList<>();
    for (Import wanted : image.imports()) {
      rows.add(
          "%s %s %s"
              .formatted(
                  wanted.library().orElseThrow(),
                  wanted.name(),
                  wanted.ordinal().isPresent() ? wanted.ordinal().getAsLong() : ""));
    }
    return rows;
  }

  private static List<String> imports(Readobj readobj) {
    List<String> rows = new ArrayList<>();
    for (String kind : List.of("Import", "DelayImport")) {
      for (Readobj library : readobj.children()) {
        if (library.name().equals(kind)) {
          for (Readobj symbol : library.all("Symbol")) {
            rows.add(importRow(library.text("Name"), symbol.value()));
          }
        }
      }
    }
    return rows;
  }

  /** What stands in brackets is the ordinal of an import without a name, or else the hint. */
  private static String importRow(String library, String symbol) {
    Matcher matcher = IMPORT.matcher(" " + symbol);
    assertThat(matcher.matches()).as(symbol).isTrue();
    String name = matcher.group(1).strip();
    return "%s %s %s".formatted(library, name, name.isEmpty() ? matcher.group(2) : "");
  }

  private static List<String> names(Readobj readobj, String kind) {
    return readobj.children().stream()
        .filter(child -> child.name().equals(kind))
        .map(child -> child.text("Name"))
        .toList();
  }

  private static List<String> relocations(Image image) {
    List<String> rows = new ArrayList<>();
    for (RelocationTable table : image.relocations()) {
      long before = rows.size();
      for (Relocation relocation : table) {
        rows.add("%s 0x%X".formatted(relocation.type(), relocation.offset()));
      }
      assertThat(table.count()).isEqualTo(rows.size() - before);
      assertThat(table.section()).isEmpty();
    }
    return rows;
  }

  private static List<String> relocations(Readobj readobj) {
    return readobj.child("BaseReloc").orElseThrow().all("Entry").stream()
        .map(entry -> "IMAGE_REL_BASED_%s %s".formatted(entry.text("Type"), entry.text("Address")))
        .toList();
  }

  private static PeImage read(Path file) {
    return (PeImage) Image.of(MemorySegment.ofArray(Bytes.read(file)), file.toString());
  }
}
