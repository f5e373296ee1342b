package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.Tools;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are: an answer, a declared exception, and nothing else. */
class ElfFuzzTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "s390x", "i386", "mips"})
  void everyPrefixIsReadOrRejected(String arch) {
    byte[] image = Bytes.read(Libraries.cross(folder, arch + "-linux-gnu", "-s"));
    int rejected = 0;
    for (int length = 0; length < image.length; length += length < 8192 ? 1 : 61) {
      rejected += visit(Arrays.copyOf(image, length)) ? 0 : 1;
    }
    // The last thing in the file is the section header table, so no prefix is whole.
    assertThat(rejected).isEqualTo(prefixes(image.length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "s390x", "i386", "mips"})
  void everyFlippedByteOfTheHeadersIsReadOrRejected(String arch) {
    byte[] image = Bytes.read(Libraries.cross(folder, arch + "-linux-gnu", "-s"));
    List<Integer> places = new ArrayList<>();
    for (int at = 0; at < 4096; at++) {
      places.add(at);
    }
    for (int at = Math.max(4096, image.length - 3072); at < image.length; at++) {
      places.add(at);
    }
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
  @ValueSource(strings = {"x86_64", "s390x", "i386", "mips"})
  void seededMutationsAreReadOrRejected(String arch) {
    byte[] image =
        Bytes.read(Libraries.cross(folder, arch + "-linux-gnu", "-Wl,-z,pack-relative-relocs"));
    SplittableRandom random = new SplittableRandom(20260101);
    long[] evil = {0, 1, -1, 0x7fffffffffffffffL, 0x8000000000000000L, 0xffffffffL, image.length};
    int count = Tools.count(2_000, 20_000);
    for (int i = 0; i < count; i++) {
      ByteBuffer changed = ByteBuffer.wrap(image.clone()).order(ByteOrder.LITTLE_ENDIAN);
      int changes = random.nextInt(1, 4);
      for (int j = 0; j < changes; j++) {
        int region = random.nextInt(3);
        int start = region == 0 ? 0 : region == 1 ? 0 : Math.max(0, image.length - 2500);
        int length = region == 0 ? 64 : region == 1 ? 4096 : 2490;
        changed.putLong(start + random.nextInt(length), evil[random.nextInt(evil.length)]);
      }
      visit(changed.array());
    }
  }

  @Test
  void otherFormatsAreUnsupportedAndSaidByName() {
    assertUnsupported(Arrays.copyOf(new byte[] {'M', 'Z'}, 64), "a DOS program");
    assertUnsupported(
        "!<arch>\n".getBytes(StandardCharsets.US_ASCII), "as one image, a container (GNU archive)");
    assertUnsupported(new byte[] {'#', '!'}, "a file that is no known native image");
  }

  @Test
  void noBytesAndAPieceOfAHeaderAreMalformed() {
    assertThatThrownBy(() -> Image.of(MemorySegment.ofArray(new byte[0]), "empty"))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("empty");
    assertThatThrownBy(() -> Image.of(MemorySegment.ofArray(new byte[] {0x7f, 'E'}), "short"))
        .isInstanceOf(MalformedImageException.class);
  }

  @Test
  void aBadSectionTableDoesNotHideWhatTheLoaderSees() {
    byte[] image = Bytes.read(Toolchain.GNU.link(folder));
    ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).putLong(40, 0x7fffffffffff0000L);
    Image damaged = Image.of(MemorySegment.ofArray(image), "damaged");
    assertThat(damaged.segments()).isNotEmpty();
    assertThat(damaged.needed()).isNotEmpty();
    assertThat(damaged.buildId()).isPresent();
    assertThat(damaged.dynamicSymbols().find("answer")).isPresent();
    assertThatThrownBy(damaged::sections).isInstanceOf(MalformedImageException.class);
  }

  @Test
  void extendedNumberingTakesCountsFromSectionZero() {
    byte[] image = Bytes.read(Toolchain.GNU.link(folder));
    List<Section> sections = Image.of(MemorySegment.ofArray(image), "usual").sections();
    ByteBuffer bytes = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    int zero = (int) bytes.getLong(40);
    bytes.putLong(zero + 32, bytes.getShort(60)).putInt(zero + 40, bytes.getShort(62));
    bytes.putInt(zero + 44, bytes.getShort(56));
    bytes.putShort(60, (short) 0).putShort(62, (short) 0xffff).putShort(56, (short) 0xffff);
    Image extended = Image.of(MemorySegment.ofArray(image), "extended");
    assertThat(extended.sections()).hasSameSizeAs(sections);
    assertThat(extended.section(".rodata")).isPresent();
    assertThat(extended.needed()).isNotEmpty();
    bytes.putLong(zero + 32, 1L << 60);
    assertThatThrownBy(extended::sections).isInstanceOf(MalformedImageException.class);
  }

  /** Asks for everything; returns whether everything was answered. */
  private static boolean visit(byte[] bytes) {
    Image image;
    try {
      image = Image.of(MemorySegment.ofArray(bytes), "mutant");
    } catch (MalformedImageException | UnsupportedFormatException e) {
      return false;
    }
    List<Runnable> questions =
        List.of(
            () ->
                image
                    .sections()
                    .forEach(section -> {
                      section.name();
                      section.type();
                      section.bytes();
                    }),
            () -> image.segments().forEach(Segment::bytes),
            () -> image.symbols().forEach(Symbol::name),
            () -> image.dynamicSymbols().forEach(Symbol::name),
            image::notes,
            image::buildId,
            image::needed,
            () -> image.section(".no such section"));
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

  private static int prefixes(int size) {
    int count = 0;
    for (int length = 0; length < size; length += length < 8192 ? 1 : 61) {
      count++;
    }
    return count;
  }

  private static void assertUnsupported(byte[] bytes, String found) {
    assertThatThrownBy(() -> Image.of(MemorySegment.ofArray(bytes), "other"))
        .isInstanceOfSatisfying(
            UnsupportedFormatException.class, e -> assertThat(e.found()).isEqualTo(found));
  }
}
