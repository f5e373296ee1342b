package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.calotype.UnsupportedFormatException;
import dev.calotype.report.Json;
import dev.calotype.testing.Readobj;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The native libraries inside jars that everybody has, for many machines and systems, read by
 * Calotype and by LLVM. The build copies the jars to {@code target/natives}; nothing in them runs.
 */
class RealNativesTest {
  private static final Path JARS = Path.of("target", "natives");
  private static final Pattern NATIVE = Pattern.compile(".*\\.(so|dll|dylib|jnilib|a|node|exe)");

  /** Go programs, Rust addons: three systems. */
  private static final List<String> PACKAGES =
      List.of(
          "@rollup/rollup-linux-x64-gnu@4.68.8",
          "@rollup/rollup-darwin-arm64@4.68.8",
          "@rollup/rollup-win32-arm64-msvc@4.68.8",
          "@esbuild/win32-x64@0.28.2",
          "@esbuild/darwin-x64@0.28.2",
          "@esbuild/linux-loong64@0.28.2",
          "@swc/core-linux-arm64-musl@1.16.22");

  /** What is no difference in reading, file by file and question by question, with the reason. */
  private static final Map<String, String> EXPLAINED = Map.of();

  @TempDir Path folder;

  /** One row a format: files compared and files that no reader takes yet. */
  private final Map<String, int[]> table = new TreeMap<>();

  private final Set<String> architectures = new TreeSet<>();
  private final List<String> differences = new ArrayList<>();

  @Test
  void librariesFromRegistriesReadAsLlvmReadsThem() throws IOException {
    Tools.require("llvm-readobj-19");
    List<Path> jars;
    try (Stream<Path> files = Files.list(JARS)) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    assertThat(jars).isNotEmpty();
    for (Path jar : jars) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        for (ZipEntry entry : Collections.list(zip.entries())) {
          if (NATIVE.matcher(entry.getName()).matches()) {
            Path file = folder.resolve("native");
            try (InputStream stream = zip.getInputStream(entry)) {
              Files.copy(stream, file, StandardCopyOption.REPLACE_EXISTING);
            }
            compare(jar.getFileName() + "!" + entry.getName(), file);
          }
        }
      }
    }
    print();
    assertThat(differences).isEmpty();
    assertThat(architectures).hasSizeGreaterThanOrEqualTo(14);
  }

  /** Tens of megabytes each, so only where the long counts were asked for. */
  @Test
  void programsAndAddonsFromNpmReadAsLlvmReadsThem() throws IOException {
    assumeTrue(Tools.soak(), "not run: only with the profile soak");
    String npm = Tools.require("npm");
    for (String name : PACKAGES) {
      Path target = Files.createDirectory(folder.resolve(name.replaceAll("[@/]", "-")));
      String file =
          Run.of(npm, "pack", "--silent", "--pack-destination", target.toString(), name)
              .succeeded()
              .out()
              .strip();
      Run.of("tar", "-xzf", target.resolve(file).toString(), "-C", target.toString()).succeeded();
      try (Stream<Path> files = Files.walk(target)) {
        for (Path path : files.filter(RealNativesTest::isBinary).sorted().toList()) {
          compare(name + "!" + target.relativize(path), path);
        }
      }
    }
    print();
    assertThat(differences).isEmpty();
    assertThat(table.values().stream().mapToInt(count -> count[0]).sum())
        .isGreaterThanOrEqualTo(PACKAGES.size());
  }

  private static boolean isBinary(Path path) {
    String name = String.valueOf(path.getFileName());
    return Files.isRegularFile(path)
        && (NATIVE.matcher(name).matches() || String.valueOf(path.getParent()).endsWith("bin"));
  }

  private void compare(String name, Path file) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      Binary binary;
      try {
        binary = Binary.map(file, arena);
      } catch (UnsupportedFormatException e) {
        count("refused: " + e.found());
        return;
      }
      count(binary.format().title());
      if (binary instanceof Image image) {
        architectures.add(image.target().id());
        if (image instanceof ElfImage elf) {
          compareElf(name, elf, file);
        } else {
          compareOther(name, image, file);
        }
      }
    }
  }

  private void compareElf(String name, ElfImage image, Path file) throws IOException {
    String[] options = {
      "--sections",
      "--program-headers",
      "--symbols",
      "--dyn-symbols",
      "--relocations",
      "--needed-libs",
      "--notes"
    };
    List<String> command = new ArrayList<>(List.of("llvm-readobj-19", "--elf-output-style=JSON"));
    command.addAll(List.of(options));
    command.add(file.toString());
    Json theirs =
        Json.parse(Run.of(command.toArray(String[]::new)).succeeded().out()).list().getFirst();
    List<Json> sections = blocks(theirs.get("Sections"), "Section");
    same(
        name,
        "sections",
        image.sections().stream()
            .map(s -> place(s.name(), s.address(), s.offset(), s.size()))
            .toList(),
        sections.stream()
            .map(s ->
                place(
                    s.get("Name").get("Name").text(),
                    s.get("Address").whole(),
                    s.get("Offset").whole(),
                    s.get("Size").whole()))
            .toList());
    same(
        name,
        "segments",
        image.segments().stream()
            .map(s -> place("%x".formatted(s.fileSize()), s.address(), s.offset(), s.size()))
            .toList(),
        blocks(theirs.get("ProgramHeaders"), "ProgramHeader").stream()
            .map(s ->
                place(
                    "%x".formatted(s.get("FileSize").whole()),
                    s.get("VirtualAddress").whole(),
                    s.get("Offset").whole(),
                    s.get("MemSize").whole()))
            .toList());
    same(name, "symbols", image.symbols().count(), (long) theirs.get("Symbols").list().size());
    same(
        name,
        "dynamic symbols",
        image.dynamicSymbols().count(),
        (long) theirs.get("DynamicSymbols").list().size());
    same(
        name,
        "relocations",
        image.relocations().stream().map(table -> table.name() + " " + table.count()).toList(),
        theirs.get("Relocations").list().stream()
            .map(table ->
                sections.get((int) table.get("SectionIndex").whole()).get("Name").get("Name").text()
                    + " "
                    + table.get("Relocs").list().size())
            .toList());
    same(
        name,
        "needed",
        image.needed().stream().sorted().toList(),
        theirs.get("NeededLibraries").list().stream().map(Json::text).sorted().toList());
    same(
        name,
        "build id",
        image.buildId().orElse(""),
        theirs.get("NoteSections").list().stream()
            .flatMap(notes -> notes.get("NoteSection").get("Notes").list().stream())
            .map(note -> note.get("Build ID").text())
            .filter(id -> !id.isEmpty())
            .findFirst()
            .orElse(""));
  }

  /** As the tests of the format's own fixtures compare. */
  private void compareOther(String name, Image image, Path file) {
    try {
      switch (image) {
        case PeImage pe -> PeImageTest.compare(pe, file);
        case MachOImage _ -> MachOImageTest.compare(file);
        default -> CoffOracle.compareTables(image, Readobj.of(file, "--sections", "--symbols"));
      }
    } catch (AssertionError e) {
      if (!EXPLAINED.containsKey(name)) {
        String difference = "%s: %s".formatted(name, e.getMessage());
        differences.add(difference.substring(0, Math.min(3_000, difference.length())));
      }
    }
  }

  private void same(String file, String question, Object ours, Object theirs) {
    if (!ours.equals(theirs) && !EXPLAINED.containsKey(file + ", " + question)) {
      String difference = "%s, %s:%n  %s%n  %s".formatted(file, question, ours, theirs);
      differences.add(difference.substring(0, Math.min(1_000, difference.length())));
    }
  }

  private void count(String format) {
    table.computeIfAbsent(format, f -> new int[1])[0]++;
  }

  private void print() {
    System.out.println("Real natives: " + table.values().stream().mapToInt(n -> n[0]).sum());
    table.forEach((format, files) -> System.out.printf("  %-40s %4d%n", format, files[0]));
    System.out.printf("  %d targets: %s%n", architectures.size(), architectures);
    System.out.printf("  %d differences, %d explained%n", differences.size(), EXPLAINED.size());
  }

  private static List<Json> blocks(Json array, String name) {
    return array.list().stream().map(element -> element.get(name)).toList();
  }

  private static String place(String name, long address, long offset, long size) {
    return "%s 0x%x 0x%x 0x%x".formatted(name, address, offset, size);
  }
}
