package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.ji.Shape;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectJoinTest {
  private static final ObjectToolchain TOOLS = ObjectToolchain.GCC;
  private static final String OPTIONS = "-O1 -g -fPIC -fdata-sections -fno-jump-tables";

  @TempDir Path folder;

  static Stream<Arguments> formatsAndShapes() {
    return Stream.of("ELF", "COFF", "MACHO")
        .flatMap(
            format -> Stream.of(Shape.HOLE, Shape.SLOTS).map(shape -> Arguments.of(format, shape)));
  }

  private Path compile(String format) {
    return switch (format) {
      case "ELF" -> TOOLS.compile(folder, "tables.c", OPTIONS);
      case "COFF" -> ForeignToolchain.COFF_X86_64.compile(folder, "-O1 -g -fno-jump-tables");
      default -> ForeignToolchain.MACHO_ARM64.compile(folder, "-O1 -g -fno-jump-tables");
    };
  }

  @ParameterizedTest
  @MethodSource("formatsAndShapes")
  void withDebugInformationAnObjectComesBackToo(String format, Shape shape) throws IOException {
    Path object = compile(format);
    ObjectPair pair = ObjectPair.split(object, folder, shape, ObjectSelection.all());
    pair.join(folder.resolve("joined"));
    assertThat(folder.resolve("joined")).hasSameBinaryContentAs(object);
  }

  @ParameterizedTest
  @MethodSource("formatsAndShapes")
  void noFlippedByteOfTheCodeGivesAnotherObject(String format, Shape shape) throws IOException {
    Path object = compile(format);
    ObjectPair pair = ObjectPair.split(object, folder, shape, ObjectSelection.all());
    byte[] code = Files.readAllBytes(pair.code());
    byte[] original = Files.readAllBytes(object);
    Path joined = folder.resolve("joined");
    Random random = new Random(5);
    int count = Tools.count(60, 10_000);
    int refused = 0;
    for (int i = 0; i < count; i++) {
      byte[] flipped = code.clone();
      flipped[random.nextInt(code.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(pair.code(), flipped);
      try {
        pair.join(joined);
        // What is only the new object's, its headers for example, joining does not look at.
        assertThat(joined).hasBinaryContent(original);
      } catch (MalformedImageException | RefusedException | UnsupportedFormatException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(count / 4);
  }

  @ParameterizedTest
  @MethodSource("formatsAndShapes")
  void aDamagedObjectIsSplitOrRefusedAndNothingElse(String format, Shape shape) throws IOException {
    Path object = compile(format);
    byte[] bytes = Files.readAllBytes(object);
    Path damaged = folder.resolve("damaged.o");
    Random random = new Random(6);
    List<Integer> headers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      headers.add(i);
      headers.add(bytes.length - 64 * (1 + random.nextInt(20)) + i);
    }
    for (int i = 0; i < Tools.count(60, 10_000); i++) {
      byte[] changed = bytes.clone();
      for (int k = 0; k < 1 + random.nextInt(3); k++) {
        int at =
            random.nextBoolean()
                ? headers.get(random.nextInt(headers.size()))
                : random.nextInt(changed.length);
        changed[Math.max(0, at)] = (byte) random.nextInt();
      }
      Files.write(damaged, changed);
      try {
        ObjectPair pair = ObjectPair.split(damaged, folder, shape, ObjectSelection.all());
        pair.join(folder.resolve("joined"));
        assertThat(folder.resolve("joined")).hasBinaryContent(changed);
      } catch (MalformedImageException | RefusedException | UnsupportedFormatException e) {
        assertThat(e.getMessage()).isNotEmpty();
      } catch (RuntimeException e) {
        fail("change %d of %s: %s".formatted(i, format, e), e);
      }
    }
  }

  @Test
  void whatIsNotTheUnlinkedHalfOfThisDataIsRefused() throws IOException {
    Path object = compile("ELF");
    ObjectPair hole = ObjectPair.split(object, folder, Shape.HOLE, ObjectSelection.all());
    Path library = TOOLS.link(folder, List.of(hole.code()), "");
    assertRefused(
        new ObjectPair(hole.data(), library, hole.id(), List.of(), List.of()),
        "has no recipe: only the object before linking can be joined");

    Path stripped = folder.resolve("stripped.o");
    Run.of(
            Tools.require("objcopy"),
            "--remove-section=.calrecipe",
            hole.code().toString(),
            stripped.toString())
        .succeeded();
    assertRefused(
        new ObjectPair(hole.data(), stripped, hole.id(), List.of(), List.of()), "has no recipe");
    assertRefused(
        new ObjectPair(hole.data(), object, hole.id(), List.of(), List.of()), "has no code note");

    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    ObjectPair other =
        ObjectPair.split(
            object, elsewhere, Shape.HOLE, new ObjectSelection(List.of(), List.of("bytes")));
    assertRefused(
        new ObjectPair(other.data(), hole.code(), hole.id(), List.of(), List.of()),
        "code-data-id: it belongs to data");
    assertThat(folder.resolve("joined")).doesNotExist();
  }

  private void assertRefused(ObjectPair pair, String reason) {
    assertThatThrownBy(() -> pair.join(folder.resolve("joined")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void aHundredMegabytesAreSplitAndJoinedWithinA64MebibyteHeap() throws IOException {
    Path source =
        Files.writeString(
            folder.resolve("large.s"),
            """
            .text
            lea table(%rip), %rax
            .section .rodata.table,"a"
            table: .fill 13107200, 8, 7
            .section .rodata.rest,"a"
            .quad .text
            """);
    Path object = folder.resolve("large.o");
    Run.of(Tools.require("gcc"), "-c", "-o", object.toString(), source.toString()).succeeded();
    Run.java(List.of("-Xmx64m"), RoundTrip.class, object.toString(), folder.toString()).succeeded();
  }

  /** A round trip in a JVM of its own. */
  static final class RoundTrip {
    private RoundTrip() {}

    public static void main(String[] arguments) throws IOException {
      Path object = Path.of(arguments[0]);
      Path folder = Path.of(arguments[1]);
      ObjectPair pair = ObjectPair.split(object, folder, Shape.SLOTS, ObjectSelection.all());
      pair.join(folder.resolve("joined"));
      if (Files.mismatch(object, folder.resolve("joined")) >= 0) {
        throw new AssertionError("not the same");
      }
    }
  }

  @Test
  void theMembersOfTheSystemsArchivesComeBackOrAreRefusedWithAReason() throws IOException {
    Path members = Files.createDirectory(folder.resolve("members"));
    List<Path> archives = new ArrayList<>();
    for (String name : List.of("libc.a", "libstdc++.a", "libgcc.a", "libm-2.36.a")) {
      archives.add(Path.of(Run.of(Tools.require("gcc"), "-print-file-name=" + name).out().strip()));
    }
    archives.add(Path.of("/usr/x86_64-w64-mingw32/lib/libmingwex.a"));
    archives.add(Path.of("/usr/aarch64-linux-gnu/lib/libc.a"));
    archives.add(Path.of("/usr/riscv64-linux-gnu/lib/libc.a"));
    int accepted = 0;
    for (Path archive : archives) {
      if (Files.exists(archive)) {
        accepted += roundTrips(archive, members);
      }
    }
    assertThat(accepted).isPositive();
  }

  private int roundTrips(Path archive, Path members) throws IOException {
    Path of = Files.createDirectory(members.resolve(archive.toString().replace('/', '_')));
    Run.in(of, List.of(Tools.require("ar"), "x", archive.toAbsolutePath().toString()));
    List<Path> objects;
    try (Stream<Path> files = Files.list(of)) {
      objects = new ArrayList<>(files.sorted().toList());
    }
    int step = Math.max(1, objects.size() / Tools.count(20, 100_000));
    int accepted = 0;
    for (int i = 0; i < objects.size(); i += step) {
      for (Shape shape : List.of(Shape.HOLE, Shape.SLOTS, Shape.NEEDED)) {
        try {
          ObjectPair pair = ObjectPair.split(objects.get(i), folder, shape, ObjectSelection.all());
          pair.join(folder.resolve("joined"));
          assertThat(folder.resolve("joined")).hasSameBinaryContentAs(objects.get(i));
          accepted++;
        } catch (RefusedException e) {
          assertThat(e.reason()).isNotEmpty();
        }
      }
    }
    return accepted;
  }
}
