package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.MachOFiles;
import dev.calotype.testing.Tools;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the bytes are: an answer, a declared exception, and nothing else. */
class MachOFuzzTest {
  @TempDir Path folder;

  /** Files with different structures in them. */
  enum Fixture {
    OBJECT,
    OBJECT_32,
    OBJECT_32_BIG,
    LIBRARY,
    LIBRARY_CHAINED,
    FAT,
    FAT_64;

    byte[] make(Path folder) {
      return Bytes.read(
          switch (this) {
            case OBJECT -> MachOFiles.object(folder, "x86_64", "-g0");
            case OBJECT_32 -> MachOFiles.object(folder, "armv7", "-g0");
            case OBJECT_32_BIG -> MachOFiles.bigEndian(MachOFiles.object(folder, "i386", "-g0"));
            case LIBRARY -> MachOFiles.library(folder, "x86_64");
            case LIBRARY_CHAINED -> MachOFiles.library(folder, "x86_64", "-fixup_chains");
            case FAT, FAT_64 ->
                MachOFiles.fat(
                    folder,
                    "fat",
                    this == FAT_64,
                    MachOFiles.object(folder, "i386", "-g0"),
                    MachOFiles.object(folder, "arm64", "-g0"));
          });
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyPrefixIsReadOrRejected(Fixture fixture) {
    byte[] image = fixture.make(folder);
    int rejected = 0;
    int tried = 0;
    for (int length = 0; length < image.length; length += step(length)) {
      rejected += visit(Arrays.copyOf(image, length)) ? 0 : 1;
      tried++;
    }
    // Strings or slices end the file; what a linker pads them with is all that may be missing.
    assertThat(rejected).isBetween(tried - 8, tried);
    assertThat(visit(image)).isTrue();
  }

  private static int step(int length) {
    return length < 4096 ? 1 : 37;
  }

  @ParameterizedTest
  @EnumSource
  void everyFlippedByteOfTheHeadersAndTablesIsReadOrRejected(Fixture fixture) {
    byte[] image = fixture.make(folder);
    List<Integer> places = places(image);
    int rejected = 0;
    for (int at : places) {
      for (int mask : new int[] {0xff, 0x01, 0x80}) {
        byte[] changed = image.clone();
        changed[at] ^= (byte) mask;
        rejected += visit(changed) ? 0 : 1;
      }
    }
    assertThat(rejected).isBetween(100, places.size() * 3 - 100);
  }

  @ParameterizedTest
  @EnumSource
  void seededMutationsAreReadOrRejected(Fixture fixture) {
    byte[] image = fixture.make(folder);
    List<Integer> places = places(image);
    SplittableRandom random = new SplittableRandom(20260102);
    long[] evil = {0, 1, -1, 0x7fffffffffffffffL, 0x8000000000000000L, 0xffffffffL, image.length};
    int count = Tools.count(2_000, 20_000);
    int rejected = 0;
    for (int i = 0; i < count; i++) {
      ByteBuffer changed = ByteBuffer.wrap(image.clone());
      int changes = random.nextInt(1, 4);
      for (int j = 0; j < changes; j++) {
        int at = Math.min(places.get(random.nextInt(places.size())), image.length - 8);
        changed.order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        long value = evil[random.nextInt(evil.length)];
        if (random.nextBoolean()) {
          changed.putInt(at, (int) value);
        } else {
          changed.putLong(at, value);
        }
      }
      rejected += visit(changed.array()) ? 0 : 1;
    }
    assertThat(rejected).isGreaterThan(count / 10);
  }

  /** The headers and load commands, and the tables behind the last section. */
  private static List<Integer> places(byte[] image) {
    List<Integer> places = new ArrayList<>();
    for (int at = 0; at < Math.min(image.length, 1200); at++) {
      places.add(at);
    }
    int tables = Math.max(1200, image.length - 1500);
    for (int at = tables; at < image.length; at++) {
      places.add(at);
    }
    return places;
  }

  /** Asks for everything; returns whether everything was answered. */
  private static boolean visit(byte[] bytes) {
    boolean all = true;
    MemorySegment image = MemorySegment.ofArray(bytes);
    for (Part part :
        List.of(
            Part.section("__no_such"),
            Part.section("__DATA,__data"),
            Part.segment("__NO_SUCH"),
            Part.loadCommand("LC_NOTE"))) {
      try {
        part.findIn(image, "mutant");
      } catch (MalformedImageException e) {
        all = false;
      } catch (UnsupportedFormatException e) {
        // A container: its members are visited below.
      }
    }
    try {
      return visit(Binary.of(image, "mutant")) && all;
    } catch (MalformedImageException | UnsupportedFormatException e) {
      return false;
    }
  }

  private static boolean visit(Binary binary) {
    return switch (binary) {
      case Container container -> {
        boolean all = true;
        for (Member member : container.members()) {
          try {
            all &= visit(member.binary());
          } catch (MalformedImageException | UnsupportedFormatException e) {
            all = false;
          }
        }
        yield all;
      }
      case MachOImage image -> visit(image);
      case Image image -> image.bytes().byteSize() == 0;
    };
  }

  private static boolean visit(MachOImage image) {
    List<Runnable> questions =
        List.of(
            () ->
                image
                    .sections()
                    .forEach(section -> {
                      section.qualifiedName();
                      section.type();
                      section.alignment();
                      section.isWritable();
                      section.bytes();
                    }),
            () ->
                image
                    .segments()
                    .forEach(segment -> {
                      segment.name();
                      segment.protection();
                      segment.bytes();
                    }),
            () -> image.symbols().forEach(MachOFuzzTest::ask),
            () -> image.dynamicSymbols().forEach(MachOFuzzTest::ask),
            () ->
                image
                    .relocations()
                    .forEach(table ->
                        table.forEach(relocation -> {
                          relocation.type();
                          relocation.symbol().ifPresent(MachOFuzzTest::ask);
                          ((MachOImage.RelocationEntry) relocation).section();
                        })),
            () -> image.exports().forEach(Export::name),
            () -> image.imports().forEach(Import::name),
            () -> image.loadCommands().forEach(MachOImage.LoadCommand::bytes),
            image::notes,
            image::buildId,
            image::needed,
            image::dylibs,
            image::installName,
            image::runPaths,
            image::buildVersion,
            () -> image.linkEditData("LC_CODE_SIGNATURE"),
            () -> image.linkEditData("LC_DYLD_CHAINED_FIXUPS"),
            () -> image.linkEditData("LC_FUNCTION_STARTS"),
            () -> image.section("__no_such"),
            () -> image.section("__data"));
    boolean all = true;
    for (Runnable question : questions) {
      try {
        question.run();
      } catch (MalformedImageException e) {
        all = false;
      }
    }
    return all;
  }

  private static void ask(Symbol symbol) {
    symbol.name();
    symbol.nameBytes();
    symbol.type();
    symbol.binding();
    symbol.value();
    symbol.section();
  }
}
