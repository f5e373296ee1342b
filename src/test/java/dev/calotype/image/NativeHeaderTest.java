package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** calotype.h and {@link Part} are the same walk: in the same bytes they find the same. */
class NativeHeaderTest {
  private static final List<String> WARNINGS =
      List.of("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gcc", "clang-19"})
  void compilersHaveNothingToWarnAbout(String compiler) {
    for (String standard : List.of("-std=c99", "-std=c17")) {
      for (String level : List.of("-O0", "-O3")) {
        compile(compiler, standard, level);
      }
    }
  }

  @Test
  void itIsAlsoCPlusPlus() {
    List<String> options = new ArrayList<>(WARNINGS);
    options.addAll(List.of("--driver-mode=g++", "-Wno-deprecated", "-c", include()));
    Libraries.compile("clang-19", folder, "find.c", folder.resolve("find++.o"), options);
  }

  @Test
  void everySectionIsWhereTheViewSaysItIs() throws IOException {
    Path find = compile("clang-19", "-std=c99", "-O3");
    for (Path file : files()) {
      try (Arena arena = Arena.ofConfined()) {
        Image image = Image.map(file, arena);
        Set<String> names = new LinkedHashSet<>();
        image.sections().forEach(section -> names.add(section.name()));
        names.remove("");
        names.addAll(List.of("no such section", "x", ".tex", ".text2", "/4"));
        assertThat(names).as(file.toString()).hasSizeGreaterThan(7);
        List<String> expected = new ArrayList<>();
        for (String name : names) {
          expected.add(find(image.bytes(), name));
        }
        assertThat(inC(find, file, List.copyOf(names))).as(file.toString()).isEqualTo(expected);
      }
    }
  }

  @Test
  void inDamagedFilesBothFindTheSameOrBothGiveUp() throws IOException {
    Path find = compile("gcc", "-std=c99", "-O1", "-fsanitize=address,undefined");
    Path mutant = folder.resolve("mutant");
    SplittableRandom random = new SplittableRandom(20260301);
    List<String> names = List.of(".text", "__text", ".debug_str", "__debug_str", ".bss", ".rdata");
    for (Path file : files()) {
      byte[] whole = Bytes.read(file);
      for (int i = 0; i < Tools.count(6, 400); i++) {
        byte[] bytes =
            i % 3 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        for (int j = 0; j < 4 && bytes.length > 0; j++) {
          bytes[random.nextInt(Math.min(bytes.length, 512))] ^= (byte) random.nextInt(1, 256);
        }
        Bytes.write(mutant, bytes);
        List<String> answers = inC(find, mutant, names);
        List<String> expected = new ArrayList<>();
        try {
          for (String name : names) {
            expected.add(find(MemorySegment.ofArray(bytes), name));
          }
        } catch (UnsupportedFormatException e) {
          continue; // The header is told which format it is; it must only not read outside.
        }
        assertThat(answers).as("%s, mutation %d", file, i).isEqualTo(expected);
      }
    }
  }

  private List<Path> files() {
    List<Path> files = new ArrayList<>();
    files.add(Toolchain.GNU.link(folder));
    for (String target :
        List.of(
            "x86_64-linux-gnu",
            "i386-linux-gnu",
            "s390x-linux-gnu",
            "mips-linux-gnu",
            "x86_64-apple-macos11",
            "arm64-apple-macos11",
            "armv7-apple-ios9",
            "x86_64-windows-msvc",
            "i686-windows-msvc",
            "aarch64-windows-msvc")) {
      files.add(Libraries.object(folder, target, "-g"));
    }
    return files;
  }

  private Path compile(String compiler, String... more) {
    Path program = folder.resolve("find");
    List<String> options = new ArrayList<>(WARNINGS);
    options.add(include());
    options.addAll(List.of(more));
    Libraries.compile(compiler, folder, "find.c", program, options);
    return program;
  }

  private static String include() {
    return "-Isrc/main/native";
  }

  private static List<String> inC(Path find, Path file, List<String> names) {
    List<String> command = new ArrayList<>(List.of(find.toString(), file.toString()));
    command.addAll(names);
    return Run.of(command.toArray(String[]::new)).succeeded().out().lines().toList();
  }

  private static String find(MemorySegment bytes, String name) {
    try {
      Part part = Part.section(name);
      return part.findIn(bytes, "file")
          ? "1 %x %x %x".formatted(part.offset(), part.size(), part.address())
          : "0 0 0 0";
    } catch (MalformedImageException e) {
      return "-1 0 0 0";
    }
  }
}
