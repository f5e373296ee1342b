package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.FileChangedException;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Image;
import dev.calotype.image.Section;
import dev.calotype.ji.DataFile;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Validity;
import dev.calotype.ji.WriteOptions;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
  @TempDir Path folder;

  static Stream<Path> realLibraries() {
    return Stream.concat(
        Stream.of("server/libjvm.so", "libjava.so", "libnet.so", "../bin/java")
            .map(Libraries::ofTheJdk),
        Libraries.ofTheSystem(Tools.count(25, 10_000)).stream().filter(SplitTest::hasData));
  }

  /** A few libraries of wrappers have no constant at all, and are rightly refused. */
  private static boolean hasData(Path library) {
    try (Arena arena = Arena.ofConfined()) {
      return Image.map(library, arena).section(".rodata").isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("realLibraries")
  void realLibrariesComeBackByteForByteAndReadelfFindsNothingNewToWarnAbout(Path library)
      throws IOException {
    Pair pair = roundTrip(library);
    assertThat(warnings("readelf", pair.code())).isEqualTo(warnings("readelf", library));
  }

  @ParameterizedTest
  @EnumSource
  void whatEveryLinkerMakesComesBackByteForByte(Toolchain toolchain) throws IOException {
    Path library = toolchain.link(folder);
    Pair pair = roundTrip(library);
    try (Arena arena = Arena.ofConfined()) {
      assertThat(Image.map(pair.code(), arena).section(".rodata").orElseThrow().type())
          .isEqualTo("NOBITS");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"aarch64", "riscv64", "powerpc64le", "loongarch64"})
  void librariesForOtherMachinesComeBackByteForByte(String arch) throws IOException {
    roundTrip(Libraries.cross(folder, arch + "-linux-gnu"));
  }

  @Test
  void anImageOfAFormatThatIsOnlyReadIsUnsupported() {
    Path object = Libraries.object(folder, "x86_64-windows-msvc");
    assertThatThrownBy(() -> Split.plan(object, List.of()))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("COFF")
        .hasMessageContaining("as an image to split");
  }

  @Test
  void aHundredMegabytesInEightySectionsAreSplitCheckedAndJoinedWithinA64MebibyteHeap()
      throws IOException {
    StringBuilder text = new StringBuilder(".section .note.GNU-stack,\"\",@progbits\n");
    for (int i = 0; i < 80; i++) {
      text.append(".section large%d, \"a\"\n.fill 163840, 8, %d\n".formatted(i, i));
    }
    Path source = Files.writeString(folder.resolve("large.s"), text);
    Path library = folder.resolve("liblarge.so");
    Run.of(
            Tools.require("gcc"),
            "-shared",
            "-nostdlib",
            "-o",
            library.toString(),
            source.toString())
        .succeeded();
    Files.delete(source);
    Run.java(List.of("-Xmx64m"), RoundTrip.class, library.toString(), folder.toString())
        .succeeded();
  }

  /** A round trip in a JVM of its own. */
  static final class RoundTrip {
    private RoundTrip() {}

    public static void main(String[] arguments) throws IOException {
      Path library = Path.of(arguments[0]);
      Path joined = Path.of(arguments[1], "joined");
      Pair pair = Pair.split(library, Path.of(arguments[1]));
      if (!(pair.checkData() instanceof Validity.Fresh)
          || !(pair.checkCode() instanceof Validity.FreshCode)) {
        throw new AssertionError("not fresh");
      }
      pair.join(joined);
      if (Files.mismatch(library, joined) >= 0) {
        throw new AssertionError("not the same");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void readelfFindsNothingNewToWarnAbout(Toolchain toolchain) {
    Path library = toolchain.link(folder);
    Pair pair = Pair.split(library, folder);
    for (String readelf : List.of("readelf", "llvm-readelf-19", "eu-readelf")) {
      assertThat(warnings(readelf, pair.code())).isEqualTo(warnings(readelf, library));
    }
  }

  @ParameterizedTest
  @EnumSource
  void noLoaderTakesTheRemainder(Toolchain toolchain) throws IOException {
    Path library = toolchain.link(folder);
    Pair pair = Pair.split(library, folder);
    Path joined = folder.resolve("joined.so");
    pair.join(joined);
    Files.createDirectory(folder.resolve("copy"));
    Path misnamed = Files.copy(pair.code(), folder.resolve("copy/lib.so"));
    if (toolchain != Toolchain.GNU_EXECUTABLE) {
      assertThat(load("gcc", joined)).isEqualTo("answer: 42\n");
    }
    assertThat(load("gcc", misnamed))
        .startsWith("refused: ")
        .contains("only ET_DYN and ET_EXEC can be loaded");
    assertThat(load("musl-gcc", misnamed)).startsWith("refused: ");
    assertThat(misnamed.toFile().setExecutable(true)).isTrue();
    assertThat(Run.of(Tools.require("sh"), "-c", misnamed + " || echo not run").out())
        .isEqualTo("not run\n");
  }

  @Test
  void theDataFileHoldsTheSectionsByName() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    Pair pair = Pair.split(library, folder);
    try (Arena arena = Arena.ofConfined();
        Validity validity =
            DataFile.check(pair.data(), Expectations.none().withTarget("x86_64-elf"))) {
      Section original = Image.map(library, arena).section(".rodata").orElseThrow();
      var moved = ((Validity.Fresh) validity).data().section(".rodata").orElseThrow();
      assertThat(moved.map(arena).toArray(ValueLayout.JAVA_BYTE))
          .isEqualTo(original.bytes().toArray(ValueLayout.JAVA_BYTE));
    }
  }

  @Test
  void splittingTwiceGivesTheSameBytes() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    Path other = Files.createDirectory(folder.resolve("other"));
    Pair first = Pair.split(library, folder);
    Pair second = Pair.split(library, other);
    assertThat(second.data()).hasSameBinaryContentAs(first.data());
    assertThat(second.code()).hasSameBinaryContentAs(first.code());
  }

  @Test
  void librariesThatDifferOnlyInCodeHaveOneDataFile() throws IOException {
    Path plain = Toolchain.GNU.link(folder);
    Path other = Files.createDirectory(folder.resolve("other"));
    Path larger = Toolchain.GNU.link(other, "-O3", "-funroll-loops");
    Pair first = Pair.split(plain, folder);
    Pair second = Pair.split(larger, other);
    assertThat(second.data()).hasSameBinaryContentAs(first.data());
    assertThat(Files.mismatch(second.code(), first.code())).isNotNegative();
    new Pair(first.data(), second.code(), first.id()).join(folder.resolve("joined"));
    assertThat(folder.resolve("joined")).hasSameBinaryContentAs(larger);
  }

  @Test
  void sectionsCanBeNamed() throws IOException {
    Path library = Toolchain.GNU_DEBUG.link(folder);
    Pair pair = Pair.split(library, folder, ".debug_info", ".debug_line");
    pair.join(folder.resolve("joined"));
    assertThat(folder.resolve("joined")).hasSameBinaryContentAs(library);
    try (Split split = Split.plan(library, List.of(".debug_info"))) {
      assertThat(split.choices().stream().filter(SectionChoice::moves))
          .extracting(SectionChoice::name)
          .containsExactly(".debug_info");
    }
  }

  @Test
  void whatHasToStayIsRefusedWithTheReason() {
    Path library = Toolchain.GNU.link(folder);
    assertRefused(library, "section .data has to stay: it is writable", ".data");
    assertRefused(library, "section .text has to stay: it is code", ".text");
    assertRefused(library, "section .dynsym has to stay: it is a table (DYNSYM)", ".dynsym");
    assertRefused(
        library, "section .eh_frame has to stay: it describes the code to unwinders", ".eh_frame");
    assertRefused(library, "has no section .none with bytes", ".none");
    assertRefused(library, "has no section .bss with bytes", ".bss");
    assertRefused(
        Libraries.ofTheJdk("../bin/java"),
        "section .interp has to stay: the loader reads it (INTERP)",
        ".interp");
    assertThat(Bytes.names(folder)).containsExactly("libgnu.so", "library.c");
  }

  @Test
  void dataThatTheLoaderRelocatesStays() throws IOException {
    Path source = folder.resolve("relocated.s");
    Files.writeString(
        source,
        """
        .globl answer
        .text
        answer: ret
        .section .rodata
        .fill 5000, 1, 7
        .quad answer
        .section .plain, "a"
        .fill 5000, 1, 8
        .section .note.GNU-stack,"",@progbits
        """);
    Path library = folder.resolve("librelocated.so");
    Run.of(
            Tools.require("gcc"),
            "-shared",
            "-nostdlib",
            "-Wl,-z,notext",
            "-o",
            library.toString(),
            source.toString())
        .succeeded();
    assertRefused(library, "section .rodata has to stay: the loader relocates it", ".rodata");
    try (Split split = Split.plan(library, List.of())) {
      assertThat(split.choices().stream().filter(SectionChoice::moves))
          .extracting(SectionChoice::name)
          .containsExactly(".plain");
    }
    roundTrip(library);
  }

  @Test
  void imagesThatCantBeSplitAreRefusedWithTheReason() throws IOException {
    Path object = folder.resolve("library.o");
    Libraries.compile("gcc", folder, "library.c", object, List.of("-c"));
    assertRefused(object, "is a relocatable object, to be split as slots, hole or needed");
    Path library = Toolchain.GNU.link(folder);
    Pair pair = Pair.split(library, folder);
    assertRefused(pair.code(), "is a code object already");
    assertRefused(
        Libraries.cross(folder, "powerpc-linux-gnu"),
        "is a 32-bit big-endian image; only 64-bit little-endian ones can be split yet");
    Path bare = Libraries.withoutSections(library);
    assertRefused(bare, "has no section headers to choose data by");
  }

  @Test
  void overlappingSectionsAreRefused() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    try (Arena arena = Arena.ofConfined()) {
      Image image = Image.map(library, arena);
      Section data = image.section(".rodata").orElseThrow();
      Section frames = image.section(".eh_frame_hdr").orElseThrow();
      byte[] bytes = Files.readAllBytes(library);
      int header = sectionHeader(bytes, frames.index());
      ByteBuffer.wrap(bytes)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(header + 24, data.offset() + 16);
      Path overlapping = folder.resolve("overlapping.so");
      Files.write(overlapping, bytes);
      assertThatThrownBy(() -> Split.plan(overlapping, List.of()))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining(".rodata and .eh_frame_hdr overlap");
    }
  }

  @Test
  void dataThatTwoSegmentsLoadStays() throws IOException {
    byte[] bytes = Files.readAllBytes(Toolchain.GNU.link(folder));
    ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int stack = programHeader(image, 0x6474e551);
    int data = programHeader(image, 1);
    for (int i = 0; i < 2; i++) {
      data += 56; // The third PT_LOAD has the read-only data.
    }
    image.put(stack, bytes, data, 56);
    Path twice = folder.resolve("twice.so");
    Files.write(twice, bytes);
    assertRefused(twice, "section .rodata has to stay: two segments load it", ".rodata");
  }

  @Test
  void aDamagedNoteOfSomebodyElseHidesNothing() throws IOException {
    byte[] bytes = Files.readAllBytes(Toolchain.GNU.link(folder));
    ByteBuffer image = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int note = (int) image.getLong(programHeader(image, 4) + 8);
    image.putInt(note + 4, 0x7fffffff);
    Path damaged = folder.resolve("damaged.so");
    Files.write(damaged, bytes);
    roundTrip(damaged);
  }

  @Test
  void badImagesAreRejectedBeforeAnythingIsWritten() throws IOException {
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> Split.plan(none, List.of())).isInstanceOf(NoSuchFileException.class);
    Path text = Files.writeString(folder.resolve("text"), "hello");
    assertThatThrownBy(() -> Split.plan(text, List.of()))
        .isInstanceOf(UnsupportedFormatException.class);
    Path empty = Files.write(folder.resolve("empty"), new byte[0]);
    assertThatThrownBy(() -> Split.plan(empty, List.of()))
        .isInstanceOf(MalformedImageException.class);
    byte[] image = Bytes.read(Toolchain.GNU.link(folder));
    Path cut = folder.resolve("cut.so");
    List<String> before = Bytes.names(folder);
    for (int length = 4; length < image.length; length += length < 4096 ? 13 : 997) {
      Bytes.write(cut, Arrays.copyOf(image, length));
      assertThatThrownBy(() -> Split.plan(cut, List.of()))
          .isInstanceOf(MalformedImageException.class);
    }
    Files.delete(cut);
    assertThat(Bytes.names(folder)).isEqualTo(before);
  }

  @Test
  void filesThatAreThereStayAndNothingIsLeft() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    Path out = Files.createDirectory(folder.resolve("out"));
    Path data = out.resolve("a.ji");
    Path code = Files.writeString(out.resolve("a.code"), "mine");
    try (Split split = Split.plan(library, List.of())) {
      assertThatThrownBy(() -> split.write(data, code, WriteOptions.standard()))
          .isInstanceOf(FileAlreadyExistsException.class);
      assertThat(Bytes.names(out)).containsExactly("a.code");
      assertThat(code).hasContent("mine");
      split.write(data, code, WriteOptions.standard().withReplace(true));
      assertThat(Bytes.names(out)).containsExactly("a.code", "a.ji");
    }
  }

  @Test
  void anImageThatIsWrittenToWhileItIsSplitGivesNoHalves() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    Path out = Files.createDirectory(folder.resolve("out"));
    try (Split split = Split.plan(library, List.of())) {
      Files.setLastModifiedTime(library, FileTime.fromMillis(5));
      assertThatThrownBy(() ->
              split.write(out.resolve("a.ji"), out.resolve("a.code"), WriteOptions.standard()))
          .isInstanceOf(FileChangedException.class);
    }
    assertThat(out).isEmptyDirectory();
  }

  @Test
  void aDiskThatFillsUpAtAnyWriteLeavesNoHalves() throws IOException {
    Path library = Toolchain.GNU.link(folder);
    Path out = Files.createDirectory(folder.resolve("out"));
    for (int write : new int[] {1, 2, 5, 9, 12}) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Tools.require("strace"),
                  "-f",
                  "-qq",
                  "-o",
                  "/dev/null",
                  "-e",
                  "inject=pwrite64:error=ENOSPC:when=" + write));
      command.addAll(
          Run.javaCommand(List.of(), SplitOnce.class, library.toString(), out.toString()));
      Run run = Run.of(Map.of(), command);
      assertThat(run.out()).as(run.err()).isEqualTo("No space left on device\n");
      assertThat(out).isEmptyDirectory();
    }
  }

  /** A split in a JVM of its own, so that its system calls can be made to fail. */
  static final class SplitOnce {
    private SplitOnce() {}

    public static void main(String[] arguments) throws IOException {
      Path out = Path.of(arguments[1]);
      try (Split split = Split.plan(Path.of(arguments[0]), List.of())) {
        split.write(out.resolve("a.ji"), out.resolve("a.code"), WriteOptions.standard());
        System.out.println("written");
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /** Splits, checks what is promised of sizes, joins and compares. */
  private Pair roundTrip(Path library) throws IOException {
    Path out = Files.createTempDirectory(folder, "out");
    byte[] original = Files.readAllBytes(library);
    FileTime modified = Files.getLastModifiedTime(library);
    Pair pair = Pair.split(library, out);
    long moved;
    try (Split split = Split.plan(library, List.of())) {
      moved =
          split.choices().stream()
              .filter(SectionChoice::moves)
              .mapToLong(SectionChoice::size)
              .sum();
    }
    assertThat(moved).isPositive();
    assertThat(Files.size(library) - Files.size(pair.code())).isBetween(moved - 65_536, moved);
    assertThat(Files.size(pair.data())).isBetween(moved, moved + 65_536);
    assertThat(pair.checkData()).isInstanceOf(Validity.Fresh.class);
    assertThat(pair.checkCode()).isInstanceOf(Validity.FreshCode.class);
    Path joined = out.resolve("joined");
    assertThat(pair.join(joined)).isEqualTo(Files.size(library));
    assertThat(joined).hasSameBinaryContentAs(library).hasBinaryContent(original);
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(modified);
    return pair;
  }

  private static void assertRefused(Path image, String reason, String... sections) {
    assertThatThrownBy(() -> Split.plan(image, List.of(sections)))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  private static List<String> warnings(String readelf, Path file) {
    return Run.of(Tools.require(readelf), "-aW", file.toString())
        .err()
        .lines()
        .map(line -> line.replace(file.toString(), "FILE"))
        .toList();
  }

  private String load(String compiler, Path library) {
    Path loader = folder.resolve("loader-" + compiler);
    if (!Files.exists(loader)) {
      Libraries.compile(
          compiler,
          folder,
          "loader.c",
          loader,
          compiler.equals("gcc") ? List.of("-ldl") : List.of());
    }
    return Run.of(loader.toString(), library.toString()).out();
  }

  /** Where the first program header of that type is. */
  private static int programHeader(ByteBuffer image, int type) {
    int at = (int) image.getLong(32);
    while (image.getInt(at) != type) {
      at += 56;
    }
    return at;
  }

  private static int sectionHeader(byte[] image, int index) {
    return (int) ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getLong(40) + index * 64;
  }
}
