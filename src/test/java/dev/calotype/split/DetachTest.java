package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Image;
import dev.calotype.image.MachOImage;
import dev.calotype.image.PeImage;
import dev.calotype.ji.Validity;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Libraries for Windows and macOS, taken apart and put together again. */
class DetachTest {
  @TempDir Path folder;

  /** A library of each format, machine and linker. */
  enum Library {
    LLD_X86_64_WINDOWS("x86_64-windows-msvc", ""),
    LLD_I686_WINDOWS("i686-windows-msvc", ""),
    LLD_AARCH64_WINDOWS("aarch64-windows-msvc", ""),
    LLD_DEBUG_WINDOWS("x86_64-windows-msvc", "/debug"),
    MINGW_X86_64("x86_64-w64-mingw32-gcc", ""),
    MINGW_I686("i686-w64-mingw32-gcc", ""),
    MINGW_DEBUG("x86_64-w64-mingw32-gcc", "-g"),
    LLD_X86_64_MACOS("x86_64-apple-macos11", ""),
    LLD_ARM64_MACOS("arm64-apple-macos11", ""),
    LLD_CHAINED_MACOS("arm64-apple-macos13", "-fixup_chains"),
    LLD_SIGNED_MACOS("x86_64-apple-macos13", "-adhoc_codesign"),
    LLD_BUNDLE_MACOS("arm64-apple-macos13", "-bundle");

    private final String target;
    private final String option;

    Library(String target, String option) {
      this.target = target;
      this.option = option;
    }

    Path link(Path folder) {
      Path library = folder.resolve(this + ".lib");
      if (target.endsWith("-gcc")) {
        Libraries.compile(target, folder, "constants.c", library, withOption("-shared", "-s"));
        return library;
      }
      Path object = folder.resolve("constants.o");
      Libraries.compile(
          "clang-19",
          folder,
          "constants.c",
          object,
          List.of("--target=" + target, "-c", "-ffreestanding", "-g"));
      boolean windows = target.contains("windows");
      List<String> command = new ArrayList<>();
      if (windows) {
        command.addAll(List.of(Tools.require("lld-link-19"), "/dll", "/noentry", "/safeseh:no"));
        command.addAll(List.of("/nodefaultlib", "/out:" + library));
      } else {
        String arch = target.startsWith("arm64") ? "arm64" : "x86_64";
        command.addAll(List.of(Tools.require("ld64.lld-19"), "-arch", arch));
        command.addAll(
            List.of("-platform_version", "macos", target.substring(target.length() - 2)));
        command.addAll(List.of("14.0", "-undefined", "dynamic_lookup", "-o", library.toString()));
        command.addAll(option.equals("-bundle") ? List.of() : List.of("-dylib"));
      }
      command.add(object.toString());
      command.addAll(withOption());
      Run.of(Map.of(), command).succeeded();
      return library;
    }

    private List<String> withOption(String... others) {
      List<String> all = new ArrayList<>(Arrays.asList(others));
      if (!option.isEmpty()) {
        all.add(option);
      }
      if (option.equals("-g")) {
        all.remove("-s");
      }
      return all;
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyLibraryComesBackByteForByteAndItsRemainderIsSmallerByTheData(Library kind)
      throws IOException {
    Path library = kind.link(folder);
    Pair pair = roundTrip(library);
    assertThat(Files.size(pair.data())).isGreaterThan(100_000);
    assertThat(Files.size(pair.code())).isLessThan(Files.size(library) - 95_000);
  }

  @ParameterizedTest
  @EnumSource
  void aRemainderIsNoLibraryAndToolsStillReadItsTables(Library kind) throws IOException {
    Path library = kind.link(folder);
    Pair pair = Pair.split(library, folder);
    try (Arena arena = Arena.ofConfined()) {
      switch (Image.map(pair.code(), arena)) {
        case PeImage pe -> {
          assertThat(pe.characteristics() & 0x2002).isZero();
          assertThat(pe.subsystem()).isZero();
          PeImage before = (PeImage) Image.map(library, arena);
          assertThat(pe.exports().iterator().next()).isEqualTo(before.exports().iterator().next());
          assertThat(pe.needed()).isEqualTo(before.needed());
          assertThat(pe.buildId()).isEqualTo(before.buildId());
        }
        case MachOImage macho -> {
          MachOImage before = (MachOImage) Image.map(library, arena);
          assertThat(macho.fileType()).isEqualTo(before.fileType() == 6 ? 9 : 10);
          assertThat(macho.needed()).isEqualTo(before.needed());
          assertThat(macho.buildId()).isEqualTo(before.buildId());
          assertThat(
                  macho
                      .section("__TEXT,__text")
                      .orElseThrow()
                      .bytes()
                      .mismatch(before.section("__TEXT,__text").orElseThrow().bytes()))
              .isEqualTo(-1);
        }
        default -> throw new AssertionError("another format");
      }
    }
    String readobj = Tools.require("llvm-readobj-19");
    Run before = Run.of(readobj, "-h", "-S", "--symbols", library.toString()).succeeded();
    Run after = Run.of(readobj, "-h", "-S", "--symbols", pair.code().toString());
    assertThat(after.err()).isEqualTo(before.err());
    assertThat(after.exit()).isZero();
  }

  @Test
  void everyFlippedByteOfARemainderIsFound() throws IOException {
    for (Library kind : List.of(Library.LLD_X86_64_WINDOWS, Library.LLD_ARM64_MACOS)) {
      Pair pair = Pair.split(kind.link(folder), folder);
      byte[] whole = Bytes.read(pair.code());
      try (FileChannel channel =
          FileChannel.open(pair.code(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        for (int at = 0; at < whole.length; at += Tools.count(17, 1)) {
          write(channel, at, (byte) (whole[at] ^ 4));
          Validity verdict = pair.checkCode();
          assertThat(verdict)
              .as("%s, byte 0x%x", kind, at)
              .isNotInstanceOf(Validity.FreshCode.class);
          write(channel, at, whole[at]);
        }
      }
      assertThat(pair.checkCode()).isInstanceOf(Validity.FreshCode.class);
    }
  }

  private static void write(FileChannel channel, int at, byte value) throws IOException {
    channel.write(ByteBuffer.wrap(new byte[] {value}), at);
  }

  @Test
  void sectionsAskedForMoveAloneAndWhatMustStayIsRefusedWithTheReason() throws IOException {
    Path windows = Library.LLD_X86_64_WINDOWS.link(folder);
    Path macos = Library.LLD_ARM64_MACOS.link(folder);
    assertThat(Pair.split(windows, folder, ".rdata").checkData())
        .isInstanceOf(Validity.Fresh.class);
    assertThat(Pair.split(macos, folder, "__cstring").checkData())
        .isInstanceOf(Validity.Fresh.class);
    assertRefused(windows, ".text", "it is code");
    assertRefused(windows, ".data", "it is writable");
    assertRefused(windows, ".none", "has no section .none");
    assertRefused(macos, "__TEXT,__text", "it is code");
    assertRefused(macos, "__DATA,__data", "it is writable");
  }

  private void assertRefused(Path library, String section, String reason) {
    assertThatThrownBy(() -> Split.plan(library, List.of(section)))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void objectsAndManagedImagesAreRefused() {
    Path object = Libraries.object(folder, "arm64-apple-macos11");
    assertThatThrownBy(() -> Split.plan(object, List.of()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("no linked image");
    byte[] bytes = Bytes.read(Library.LLD_X86_64_WINDOWS.link(folder));
    int optional = ((bytes[60] & 0xff) | ((bytes[61] & 0xff) << 8)) + 24;
    bytes[optional + 112 + 14 * 8 + 1] = 0x10;
    Path managed = folder.resolve("managed.dll");
    Bytes.write(managed, bytes);
    assertThatThrownBy(() -> Split.plan(managed, List.of()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("managed");
  }

  @Test
  void damagedImagesAreRejectedOrComeBackByteForByte() throws IOException {
    for (Library kind : List.of(Library.LLD_DEBUG_WINDOWS, Library.LLD_CHAINED_MACOS)) {
      byte[] whole = Bytes.read(kind.link(folder));
      Path damaged = folder.resolve("damaged");
      int step = Tools.count(43, 1);
      for (int at = 0; at < 1500; at += step) {
        Bytes.writeFlipped(damaged, whole, at, 1 << at % 8);
        try {
          roundTrip(damaged);
        } catch (RefusedException | MalformedImageException | UnsupportedFormatException e) {
          assertThat(e.getMessage()).isNotEmpty();
        }
      }
    }
  }

  /** Their jars are copied here by the build. */
  @Test
  void librariesFromRegistriesComeBackByteForByte() throws IOException {
    Map<String, Integer> kinds = new TreeMap<>();
    List<Path> jars;
    try (Stream<Path> files = Files.list(Path.of("target", "natives"))) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    for (Path jar : jars) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        for (ZipEntry entry : Collections.list(zip.entries())) {
          if (entry.getName().matches(".*\\.(dll|dylib|jnilib)")
              && kinds.values().stream().mapToInt(i -> i).sum() < Tools.count(12, 10_000)) {
            Path file = folder.resolve("native");
            try (InputStream stream = zip.getInputStream(entry)) {
              Files.copy(stream, file, StandardCopyOption.REPLACE_EXISTING);
            }
            kinds.merge(outcome(file), 1, Integer::sum);
          }
        }
      }
    }
    assertThat(kinds).containsKey("joined");
    assertThat(kinds.keySet())
        .allMatch(kind ->
            kind.equals("joined")
                || kind.contains("nothing to split")
                || kind.contains("as an image"));
  }

  private String outcome(Path file) throws IOException {
    try {
      roundTrip(file);
      return "joined";
    } catch (RefusedException e) {
      return e.reason();
    } catch (UnsupportedFormatException e) {
      return e.found() + " as an image";
    }
  }

  private Pair roundTrip(Path library) throws IOException {
    Pair pair = Pair.split(library, folder);
    assertThat(pair.checkData()).isInstanceOf(Validity.Fresh.class);
    assertThat(pair.checkCode()).isInstanceOf(Validity.FreshCode.class);
    Path again = folder.resolve("again");
    pair.join(again);
    assertThat(Files.mismatch(library, again)).isEqualTo(-1);
    return pair;
  }
}
