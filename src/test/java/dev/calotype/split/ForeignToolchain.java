package dev.calotype.split;

import dev.calotype.image.Image;
import dev.calotype.image.MachOImage;
import dev.calotype.image.PeImage;
import dev.calotype.image.Section;
import dev.calotype.image.Segment;
import dev.calotype.image.Symbol;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * A compiler and a linker for a system that is not this one. What they make runs here all the same,
 * laid out by flat.c, as long as it needs nothing of its system.
 */
enum ForeignToolchain {
  COFF_X86_64(
      "clang-19 --target=x86_64-windows-msvc",
      "lld-link-19 /dll /noentry /nodefaultlib /fixed /base:0x180000000 /export:checksum",
      ""),
  COFF_AARCH64(
      "clang-19 --target=aarch64-windows-msvc",
      "lld-link-19 /dll /noentry /nodefaultlib /base:0x180000000 /export:checksum",
      "qemu-aarch64"),
  COFF_MINGW(
      "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-ld -shared --image-base 0x180000000", ""),
  MACHO_X86_64(
      "clang-19 --target=x86_64-apple-macos10.12",
      "ld64.lld-19 -arch x86_64 -platform_version macos 10.12 10.12 -dead_strip"
          + " -e _checksum -pagezero_size 0x180000000",
      ""),
  MACHO_ARM64(
      "clang-19 --target=arm64-apple-macos11",
      "ld64.lld-19 -arch arm64 -platform_version macos 11.0 11.0 -dead_strip"
          + " -e _checksum -pagezero_size 0x180000000",
      "qemu-aarch64");

  private static final Pattern SPACES = Pattern.compile(" ");

  private final String compiler;
  private final String linker;
  private final String emulator;

  ForeignToolchain(String compiler, String linker, String emulator) {
    this.compiler = compiler;
    this.linker = linker;
    this.emulator = emulator;
  }

  /** Compiles tables.c. */
  Path compile(Path folder, String options) {
    Path source = ObjectToolchain.resource(folder, "tables.c");
    Path object = folder.resolve("tables.o");
    List<String> line = words(compiler + " -c -ffreestanding " + options);
    line.addAll(List.of("-o", object.toString(), source.toString()));
    Run.of(line.toArray(String[]::new)).succeeded();
    return object;
  }

  /** Links, without a word of complaint. */
  Path link(Path folder, Path object) {
    Path library = folder.resolve("library");
    List<String> line = words(linker);
    if (linker.startsWith("lld-link")) {
      line.add("/out:" + library);
    } else {
      line.addAll(List.of("-o", library.toString()));
    }
    line.add(object.toString());
    Run run = Run.of(line.toArray(String[]::new)).succeeded();
    if (!(run.out() + run.err()).isEmpty()) {
      throw new AssertionError(run.out() + run.err());
    }
    return library;
  }

  /** Lays a library out, binds what the arguments say, and gives what it printed. */
  String run(Path folder, Path library, Path data, Optional<ObjectPair> pair) throws IOException {
    Path program = folder.resolve("flat");
    if (!Files.exists(program)) {
      String driver = emulator.isEmpty() ? "gcc" : "aarch64-linux-gnu-gcc";
      Path source = ObjectToolchain.resource(folder, "flat.c");
      Run.of(Tools.require(driver), "-static", "-o", program.toString(), source.toString())
          .succeeded();
    }
    List<String> line = emulator.isEmpty() ? new ArrayList<>() : words(emulator);
    line.addAll(List.of(program.toString(), library.toString(), data.toString()));
    try (Arena arena = Arena.ofConfined()) {
      long base = 0;
      switch (Image.map(library, arena)) {
        case PeImage image -> {
          base = image.imageBase();
          long checksum =
              StreamSupport.stream(image.exports().spliterator(), false)
                  .filter(export -> export.name().equals("checksum"))
                  .findFirst()
                  .orElseThrow()
                  .address();
          line.addAll(List.of("windows", base + checksum + ""));
          for (Section section : image.sections()) {
            part(line, base + section.address(), section.offset(), section.fileSize(), section);
          }
        }
        case MachOImage image -> {
          long checksum =
              StreamSupport.stream(image.symbols().spliterator(), false)
                  .filter(symbol -> symbol.name().equals("_checksum"))
                  .mapToLong(Symbol::value)
                  .findFirst()
                  .orElseThrow();
          line.addAll(List.of("macos", checksum + ""));
          for (Segment segment : image.segments()) {
            if (!segment.name().equals("__PAGEZERO")) {
              line.addAll(
                  List.of(
                      "part",
                      segment.address() + "",
                      segment.offset() + "",
                      segment.fileSize() + "",
                      segment.size() + ""));
            }
          }
        }
        case Image other -> throw new AssertionError(other.format());
      }
      if (pair.isPresent()) {
        line.addAll(pair.get().bindings(library, base));
      }
    }
    return Run.of(line.toArray(String[]::new)).succeeded().out();
  }

  private static void part(
      List<String> line, long address, long offset, long fileSize, Section section) {
    long size = Math.max(section.size(), fileSize);
    line.addAll(List.of("part", address + "", offset + "", fileSize + "", size + ""));
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>(SPACES.splitAsStream(text).toList());
    words.set(0, Tools.require(words.getFirst()));
    return words;
  }
}
