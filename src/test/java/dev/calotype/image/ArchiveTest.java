package dev.calotype.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.image.Container.IndexedSymbol;
import dev.calotype.testing.Archives;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Archives by every tool there is, read by Calotype, GNU ar and llvm-ar. */
class ArchiveTest {
  private static final Pattern LISTED =
      Pattern.compile("^\\S+ \\S+ +(\\d+) .{17} (.*?)(?: (0x[0-9a-f]+))?$", Pattern.MULTILINE);
  private static final Pattern INDEXED = Pattern.compile("^(\\S+) in (.*)$", Pattern.MULTILINE);

  /** GNU ar knows no index of BSD's and Darwin's, nor that of ARM64EC. */
  private static final Set<Archives> INDEX_IS_A_MEMBER_TO_GNU_AR =
      EnumSet.of(
          Archives.BSD, Archives.DARWIN, Archives.DARWIN_64, Archives.LIBTOOL, Archives.LIB_EC);

  /** One of each kind, which nobody changes. */
  private static final Map<Archives, Path> BUILT = new EnumMap<>(Archives.class);

  @TempDir static Path shared;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void membersReadAsBothArsReadThem(Archives kind) throws IOException {
    Path file = built(kind);
    Container archive = read(file);
    assertThat(archive.format()).isEqualTo(Format.ARCHIVE);
    assertThat(archive.type()).isEqualTo(kind.type());
    if (kind != Archives.MICROSOFT_64) {
      // llvm-ar does not read the long names it ends with a NUL in that one.
      assertThat(lines(archive)).isEqualTo(llvmLines(file));
    }
    List<String> names = new ArrayList<>(gnuNames(file));
    if (INDEX_IS_A_MEMBER_TO_GNU_AR.contains(kind)) {
      names.removeFirst();
    }
    assertThat(archive.members().stream().map(Member::name)).containsExactlyElementsOf(names);
  }

  @ParameterizedTest
  @EnumSource
  void membersHaveTheBytesThatArTakesOut(Archives kind) throws IOException {
    Path file = built(kind);
    List<Member> members = read(file).members();
    assertThat(members).isNotEmpty();
    for (Member member : members) {
      if (member.isExternal()) {
        assertThatThrownBy(member::bytes).isInstanceOf(UnsupportedFormatException.class);
        assertThatThrownBy(member::binary).isInstanceOf(UnsupportedFormatException.class);
      } else if (members.stream().filter(m -> m.name().equals(member.name())).count() == 1) {
        // GNU ar shows the index of ARM64EC under a member's name.
        String ar = Tools.require(kind == Archives.LIB_EC ? "llvm-ar-19" : "ar");
        String taken = Run.of(ar, "pP", file.toString(), member.name()).succeeded().out();
        assertThat(text(member.bytes())).as(member.name()).isEqualTo(taken);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theIndexReadsAsLlvmNmReadsIt(Archives kind) throws IOException {
    Path file = built(kind);
    Container archive = read(file);
    Map<Long, String> names = new HashMap<>();
    archive.members().forEach(member -> names.put(member.headerOffset(), member.name()));
    List<String> ours = new ArrayList<>();
    for (IndexedSymbol symbol : archive.symbolIndex()) {
      ours.add(symbol.name() + " in " + names.get(symbol.memberOffset()));
    }
    assertThat(ours.isEmpty()).isEqualTo(!kind.hasIndex());
    if (kind != Archives.MICROSOFT_64) {
      // Members that are no objects make it fail after it has printed the index.
      String map =
          Run.of(Tools.require("llvm-nm-19"), "--print-armap", file.toString())
              .out()
              .transform(out -> kind.hasIndex() ? out.substring(0, out.indexOf("\n\n\n")) : "");
      assertThat(ours)
          .containsExactlyElementsOf(
              INDEXED.matcher(map).results().map(MatchResult::group).toList());
    }
  }

  @Test
  void manyMembersAreReadInOrder() throws IOException {
    List<String> command = new ArrayList<>(List.of("ar", "rc", folder.resolve("many.a") + ""));
    for (int i = 0; i < 3_000; i++) {
      Path file = folder.resolve("member-number-%04d.with.a.long.name".formatted(i));
      command.add(Files.writeString(file, "x".repeat(i % 7)).toString());
    }
    Run.of(command.toArray(String[]::new)).succeeded();
    assertThat(lines(read(folder.resolve("many.a"))))
        .hasSize(3_000)
        .isEqualTo(llvmLines(folder.resolve("many.a")));
  }

  @Test
  void aMemberThatIsNoNativeFileHasBytesAndNothingElse() {
    Member text = read(Archives.GNU.build(folder)).member("odd.txt").orElseThrow();
    assertThat(text(text.bytes())).isEqualTo("hi\n");
    assertThatThrownBy(text::binary)
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("gnu.a(odd.txt)");
  }

  @Test
  void membersAreImagesNamedAfterTheirArchive() {
    Path file = Archives.GNU.build(folder);
    Binary one = read(file).member("one.o").orElseThrow().binary();
    assertThat(one).isInstanceOf(ElfImage.class);
    assertThat(one.file()).isEqualTo(file + "(one.o)");
    assertThat(((Image) one).symbols().find("one")).isPresent();
  }

  @Test
  void archivesInArchivesEnd() throws IOException {
    Path inner = Archives.GNU.build(folder);
    for (int i = 0; i < 6; i++) {
      Path outer = folder.resolve("outer%d.a".formatted(i));
      Run.of("ar", "rc", outer.toString(), inner.toString()).succeeded();
      inner = outer;
    }
    Binary binary = read(inner);
    int depth = 0;
    while (binary instanceof Container container && depth < 3) {
      binary = container.members().getFirst().binary();
      depth++;
    }
    Member fourth = ((Container) binary).members().getFirst();
    assertThatThrownBy(fourth::binary).isInstanceOf(UnsupportedFormatException.class);
  }

  @Test
  void rustLibrariesAreReadAsBothArsReadThem() throws IOException {
    Optional<String> rustc = Tools.find("rustc");
    assumeTrue(rustc.isPresent(), "not run: rustc is not installed");
    Path source = Files.writeString(folder.resolve("lib.rs"), "pub fn f() -> i32 { 4 }\n");
    Path library = folder.resolve("libr.rlib");
    Run.of(rustc.get(), "--crate-type=rlib", "-Copt-level=1", "-o", library + "", source + "")
        .succeeded();
    Container archive = read(library);
    assertThat(lines(archive)).isEqualTo(llvmLines(library));
    Image metadata = (Image) archive.member("lib.rmeta").orElseThrow().binary();
    assertThat(metadata.section(".rmeta")).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"48, x, decimal", "48, ' ', decimal", "58, x, accent", "48, 9, an end within"})
  void aDamagedHeaderIsNamedWithItsOffset(int at, char change, String expected) {
    byte[] bytes = Bytes.read(Archives.GNU_WITHOUT_INDEX.build(folder));
    Container whole = (Container) Binary.of(MemorySegment.ofArray(bytes), "a");
    int header = (int) whole.members().getFirst().headerOffset();
    bytes[header + at] = (byte) change;
    if (change == '9') {
      Arrays.fill(bytes, header + 48, header + 58, (byte) '9');
    }
    Container archive = (Container) Binary.of(MemorySegment.ofArray(bytes), "a");
    assertThatThrownBy(archive::members)
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void theByteThatMakesTheLastMemberEvenMayBeMissing() {
    byte[] bytes = Bytes.read(Archives.GNU.build(folder));
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    assertThat(lines(Binary.of(MemorySegment.ofArray(cut), "cut")))
        .isEqualTo(lines(Binary.of(MemorySegment.ofArray(bytes), "whole")));
  }

  @Test
  void anEmptyArchiveHasNothing() {
    Container empty = archive("!<arch>\n");
    assertThat(empty.members()).isEmpty();
    assertThat(empty.symbolIndex()).isEmpty();
    assertThat(empty.type()).isEqualTo("GNU archive");
  }

  @Test
  void longNamesOutsideTheirTableAreMalformedAndTheRestIsRead() {
    String archive = "!<arch>\n" + header("//", 4) + "ab/\n" + header("/7", 2) + "xy";
    Member member = archive(archive).members().getFirst();
    assertThat(text(member.bytes())).isEqualTo("xy");
    assertThatThrownBy(member::name).isInstanceOf(MalformedImageException.class);
    Member lost = archive("!<arch>\n" + header("/0", 0)).members().getFirst();
    assertThatThrownBy(lost::name).isInstanceOf(MalformedImageException.class);
  }

  @Test
  void indexesThatLieAreMalformed() {
    List<String> lies =
        List.of(
            header("/", 4) + "\u00ff\u00ff\u00ff\u00ff",
            header("/", 8) + "\0\0\0\1\u00ff\0\0\0",
            header("/", 10) + "\0\0\0\1\u00ff\0\0\0a\0",
            header("/", 9) + "\0\0\0\1\0\0\0\u0008a\n",
            header("/", 2) + "\0\0",
            header("/SYM64/", 8) + "\u00ff".repeat(8),
            header("__.SYMDEF", 8) + "\u00ff\u00ff\u00ff\u007f\0\0\0\0",
            header("__.SYMDEF_64", 8) + "\0".repeat(8),
            header("/", 4) + "\0\0\0\0" + header("/", 8) + "\0\0\0\0\1\0\0\0",
            header("/", 4) + "\0\0\0\0" + header("/", 12) + "\0\0\0\0\1\0\0\0\1\0a\0");
    for (String lie : lies) {
      assertThatThrownBy(() -> archive("!<arch>\n" + lie).symbolIndex().forEach(s -> {}))
          .as(lie)
          .isInstanceOf(MalformedImageException.class);
    }
  }

  @Test
  void anIndexOfABigEndianMachineIsReadInItsOrder() {
    String index = "\0\0\0\u0008" + "\0\0\0\0" + "\0\0\0\u0008" + "\0\0\0\u0004" + "_f\0\0";
    assertThat(archive("!<arch>\n" + header("__.SYMDEF", 20) + index).symbolIndex())
        .containsExactly(new IndexedSymbol("_f", 8));
  }

  @Test
  void otherArchivesAreUnsupportedByName() {
    assertThatThrownBy(() -> archive("<bigaf>\n"))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("an AIX archive");
    assertThatThrownBy(() -> archive("!<ar")).isInstanceOf(MalformedImageException.class);
  }

  private static Path built(Archives kind) throws IOException {
    if (!BUILT.containsKey(kind)) {
      BUILT.put(kind, kind.build(Files.createDirectory(shared.resolve(kind.name()))));
    }
    return Objects.requireNonNull(BUILT.get(kind));
  }

  private static String header(String name, int size) {
    return "%-16s%-12d%-6d%-6d%-8d%-10d`\n".formatted(name, 0, 0, 0, 644, size);
  }

  private static Container archive(String bytes) {
    return (Container) Binary.of(MemorySegment.ofArray(bytes.getBytes(ISO_8859_1)), "a");
  }

  private static Container read(Path file) {
    return (Container) Binary.of(MemorySegment.ofArray(Bytes.read(file)), file.toString());
  }

  /** Name, size and, where the bytes are in the archive, their offset. */
  private static List<String> lines(Binary archive) {
    return ((Container) archive)
        .members().stream()
            .map(member ->
                "%s %d%s"
                    .formatted(
                        member.name(),
                        member.size(),
                        member.isExternal() ? "" : " 0x%x".formatted(member.offset())))
            .toList();
  }

  private static List<String> llvmLines(Path archive) {
    String out = Run.of(Tools.require("llvm-ar-19"), "tvO", archive.toString()).succeeded().out();
    return LISTED
        .matcher(out)
        .results()
        .map(line ->
            "%s %s%s"
                .formatted(
                    line.group(2), line.group(1), line.group(3) == null ? "" : " " + line.group(3)))
        .toList();
  }

  private static List<String> gnuNames(Path archive) {
    return Run.of(Tools.require("ar"), "t", archive.toString()).succeeded().out().lines().toList();
  }

  private static String text(MemorySegment bytes) {
    return new String(bytes.toArray(ValueLayout.JAVA_BYTE), ISO_8859_1);
  }
}
