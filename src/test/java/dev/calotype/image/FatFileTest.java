package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.MachOFiles;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Fat files made by llvm-lipo, which has to see the same, and lying ones. */
class FatFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void slicesAreTheFilesThatWentIn(boolean isWide) {
    List<Path> objects =
        List.of(MachOFiles.object(folder, "x86_64"), MachOFiles.object(folder, "arm64"));
    Path file = MachOFiles.fat(folder, "fat", isWide, objects.toArray(Path[]::new));
    Container fat = container(Bytes.read(file));
    assertThat(fat.format()).isEqualTo(Format.FAT);
    assertThat(fat.type()).startsWith(isWide ? "FAT_64" : "FAT ");
    assertThat(fat.symbolIndex()).isEmpty();
    assertThat(fat.members()).extracting(Member::name).containsExactly("x86_64", "arm64");
    for (Member slice : fat.members()) {
      byte[] object = Bytes.read(objects.get(slice.index()));
      assertThat(slice.bytes().mismatch(MemorySegment.ofArray(object))).isEqualTo(-1);
      assertThat(slice.isExternal()).isFalse();
      assertThat(slice.headerOffset()).isEqualTo(slice.offset());
      Image image = (Image) slice.binary();
      assertThat(image.file()).isEqualTo("fat(%s)".formatted(slice.name()));
      assertThat(image.section("__text")).isPresent();
    }
    assertThat(fat.member("arm64").orElseThrow().binary())
        .isInstanceOfSatisfying(
            Image.class, image -> assertThat(image.target().architecture()).isEqualTo("aarch64"));
    assertThat(fat.member("ppc")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "x86_64-apple-macos11, x86_64",
    "x86_64h-apple-macos11, x86_64h",
    "i386-apple-macos10.6, i386",
    "arm64-apple-macos11, arm64",
    "arm64e-apple-macos11, arm64e",
    "arm64_32-apple-watchos5, arm64_32",
    "armv7-apple-ios9, armv7",
    "armv7s-apple-ios9, armv7s",
    "armv7k-apple-watchos2, armv7k",
    "armv6-apple-ios3, armv6",
    "armv6m-apple-darwin, armv6m",
    "armv4t-apple-darwin, armv4t",
  })
  void slicesAreNamedAsLipoNamesThem(String triple, String name) {
    Path object = MachOFiles.object(folder, "arm64", "-UHAS_THREAD_LOCALS", "--target=" + triple);
    Path file = MachOFiles.fat(folder, "fat", false, object);
    String lipo = Tools.require("llvm-lipo-19");
    assertThat(Run.of(lipo, "-archs", file.toString()).succeeded().out().strip()).isEqualTo(name);
    Container fat = container(Bytes.read(file));
    assertThat(fat.members()).extracting(Member::name).containsExactly(name);
  }

  @Test
  void aSliceMayBeAnythingThatIsNoFatFile() {
    Path object = MachOFiles.object(folder, "x86_64");
    byte[] fat = Bytes.read(MachOFiles.fat(folder, "fat", false, object));
    int start = ByteBuffer.wrap(fat).getInt(16);
    byte[] other = fat.clone();
    System.arraycopy(
        "no image".getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, other, start, 8);
    Member unknown = container(other).members().getFirst();
    assertThat(unknown.size()).isEqualTo(object.toFile().length());
    assertThatThrownBy(unknown::binary)
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("fat(x86_64)");

    ByteBuffer.wrap(fat).putInt(start, 0xcafebabe);
    Member nested = container(fat).members().getFirst();
    assertThatThrownBy(nested::binary)
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("fat(x86_64)")
        .hasMessageContaining("a fat file");
  }

  @Test
  void oneImageOfAContainerIsNotGuessed() {
    Path object = MachOFiles.object(folder, "x86_64");
    byte[] fat = Bytes.read(MachOFiles.fat(folder, "fat", false, object));
    assertThatThrownBy(() -> Image.of(MemorySegment.ofArray(fat), "fat"))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("container");
  }

  @Test
  void javaClassFilesAreToldFromFatFiles() throws IOException {
    byte[] classFile;
    try (InputStream stream =
        Objects.requireNonNull(FatFileTest.class.getResourceAsStream("FatFileTest.class"))) {
      classFile = stream.readAllBytes();
    }
    byte[] oldest = classFile.clone();
    ByteBuffer.wrap(oldest).putShort(4, (short) 3).putShort(6, (short) 45);
    byte[] preview = classFile.clone();
    ByteBuffer.wrap(preview).putShort(4, (short) 0xffff);
    for (byte[] each : List.of(classFile, oldest, preview)) {
      assertThatThrownBy(() -> container(each))
          .isInstanceOfSatisfying(
              UnsupportedFormatException.class,
              e -> assertThat(e.found()).isEqualTo("a Java class file"));
    }
  }

  @Test
  void slicesThatLieAreMalformed() {
    byte[] fat =
        Bytes.read(
            MachOFiles.fat(
                folder,
                "fat",
                false,
                MachOFiles.object(folder, "x86_64"),
                MachOFiles.object(folder, "arm64")));
    assertMalformed(fat, 4, 0xffffffff, "slices");
    assertMalformed(fat, 4, 0x00100000, "slices");
    assertMalformed(fat, 16, 8, "fat header");
    assertMalformed(fat, 16, -1, "wanted");
    assertMalformed(fat, 20, -1, "wanted");
    assertMalformed(fat, 36, ByteBuffer.wrap(fat).getInt(16) + 8, "overlap");
    assertThatThrownBy(() -> container(Arrays.copyOf(fat, 20)).members())
        .isInstanceOf(MalformedImageException.class);
    assertThatThrownBy(() -> container(Arrays.copyOf(fat, 5)))
        .isInstanceOf(MalformedImageException.class);
  }

  private static void assertMalformed(byte[] fat, int place, int value, String message) {
    byte[] changed = fat.clone();
    ByteBuffer.wrap(changed).putInt(place, value);
    assertThatThrownBy(() -> container(changed).members())
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining(message);
  }

  private static Container container(byte[] bytes) {
    return (Container) Binary.of(MemorySegment.ofArray(bytes), "fat");
  }
}
