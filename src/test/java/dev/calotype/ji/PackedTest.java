package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.bytes.Zeros;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Run;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sections of every storage: the same content, whatever way it lies in the file. */
class PackedTest {
  private static final int GIB = 1 << 30;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void everyStorageGivesBackWhatWasWritten(Storage storage) throws IOException {
    for (byte[] content : contents()) {
      Path file = folder.resolve("a.ji");
      write(file, storage, 3, content);
      try (Validity validity = DataFile.check(file, full());
          Arena arena = Arena.ofConfined()) {
        DataFile data = ((Validity.Fresh) validity).data();
        DataSection section = data.section("a").orElseThrow();
        assertThat(section.size()).isEqualTo(content.length);
        assertThat(section.isMappable()).isEqualTo(storage == Storage.PLAIN);
        assertThat(section.map(arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
        assertThat(section.load(arena).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
        try (InputStream stream = section.newInputStream()) {
          assertThat(stream.readAllBytes()).isEqualTo(content);
        }
        int from = content.length / 3;
        MemorySegment part = arena.allocate(content.length / 2);
        section.read(from, part);
        assertThat(part.toArray(ValueLayout.JAVA_BYTE))
            .isEqualTo(Arrays.copyOfRange(content, from, from + content.length / 2));
        assertThatThrownBy(() -> section.read(content.length, arena.allocate(1)))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }

  @Test
  void theIdIsTheSameWhateverTheStorageAndLevel() throws IOException {
    for (byte[] content : contents()) {
      DataId id = write(folder.resolve("plain"), Storage.PLAIN, 3, content);
      assertThat(write(folder.resolve("sparse"), Storage.SPARSE, 3, content)).isEqualTo(id);
      assertThat(write(folder.resolve("zstd-1"), Storage.COMPRESSED, 1, content)).isEqualTo(id);
      assertThat(write(folder.resolve("zstd-19"), Storage.COMPRESSED, 19, content)).isEqualTo(id);
      write(folder.resolve("again"), Storage.COMPRESSED, 19, content);
      assertThat(folder.resolve("again")).hasSameBinaryContentAs(folder.resolve("zstd-19"));
    }
  }

  @Test
  void aGibibyteWithTwoBytesSetCostsKilobytes() throws IOException {
    Path sparse = folder.resolve("sparse.ji");
    Path plain = folder.resolve("plain.ji");
    DataId id = writeMostlyZeros(sparse, Storage.SPARSE);
    assertThat(writeMostlyZeros(plain, Storage.PLAIN)).isEqualTo(id);
    assertThat(Files.size(sparse)).isLessThan(64 << 10);
    assertThat(Files.size(plain)).isGreaterThan(GIB);
    String blocks = Run.of("stat", "-c", "%b", plain.toString()).succeeded().out().strip();
    assertThat(Long.parseLong(blocks) * 512).isLessThan(256 << 10);
    for (Path file : List.of(sparse, plain)) {
      try (Validity validity = DataFile.check(file, Expectations.none());
          Arena arena = Arena.ofConfined()) {
        DataSection section = ((Validity.Fresh) validity).data().section("a").orElseThrow();
        MemorySegment around = arena.allocate(2 * Chunks.SIZE);
        section.read(GIB / 2 - 5, around);
        assertThat(around.get(ValueLayout.JAVA_BYTE, 5)).isEqualTo((byte) 7);
        around.set(ValueLayout.JAVA_BYTE, 5, (byte) 0);
        assertThat(around.mismatch(arena.allocate(around.byteSize()))).isEqualTo(-1);
      }
    }
    assertThat(DataFiles.verdict(sparse, full())).isEqualTo("Fresh");
  }

  @Test
  void theDigestOfAChunkOfZerosIsWhatHashingGives() {
    assertThat(Zeros.chunkDigest()).isEqualTo(Sha256.of(new byte[Chunks.SIZE]));
    byte[] bytes = new byte[3 * Zeros.BLOCK + 5];
    assertThat(Zeros.fill(bytes, 1, bytes.length - 1)).isTrue();
    for (int at : new int[] {1, Zeros.BLOCK, 2 * Zeros.BLOCK + 1, bytes.length - 1}) {
      bytes[at] = 1;
      assertThat(Zeros.fill(bytes, 1, bytes.length - 1)).as("byte %d", at).isFalse();
      bytes[at] = 0;
    }
  }

  @Test
  void verifyingIsByTheChunkAndRemembered() throws IOException {
    for (Storage storage : Storage.values()) {
      Path file = folder.resolve(storage + ".ji");
      write(file, storage, 3, Bytes.random(3 * Chunks.SIZE, 5));
      byte[] bytes = Files.readAllBytes(file);
      try (Validity validity = DataFile.check(file, Expectations.none())) {
        DataSection section = ((Validity.Fresh) validity).data().section("a").orElseThrow();
        section.verify(0, Chunks.SIZE);
        Bytes.writeFlipped(file, bytes, 4096 + 5, 1);
        section.verify(5, 1); // As it was read then.
        Bytes.writeFlipped(file, bytes, 4096 + Chunks.SIZE + 5, 1);
        section.verify(2 * Chunks.SIZE, 1);
        assertThatThrownBy(() -> section.verify(Chunks.SIZE - 1, 2))
            .isInstanceOf(MalformedImageException.class);
        assertThatThrownBy(section::verify).isInstanceOf(MalformedImageException.class);
      }
    }
  }

  @Test
  void everyWrongTableEntryOfAPackedChunkIsDamage() throws IOException {
    for (Storage storage : new Storage[] {Storage.SPARSE, Storage.COMPRESSED}) {
      Path file = folder.resolve("a.ji");
      byte[] content = new byte[2 * Chunks.SIZE];
      content[10] = 1;
      content[Chunks.SIZE + 10] = 2;
      write(file, storage, 3, content);
      byte[] whole = Files.readAllBytes(file);
      int packs = whole.length - 2 * Packing.ENTRY_SIZE;
      for (int at = packs; at < whole.length; at += 4) {
        for (int value : new int[] {0, 1, 2, 3, 4, 31, 33, 5000, Integer.MAX_VALUE, -1}) {
          byte[] lying = whole.clone();
          if (DataFiles.view(lying).getInt(at) != value) {
            DataFiles.view(lying).putInt(at, value);
            byte[] root = Sha256.of(lying, packs, 2 * Packing.ENTRY_SIZE);
            DataFiles.view(lying).put(DataFiles.tail(lying) + Tail.HEADER_SIZE + 80, root);
            DataFiles.fixDigests(lying);
            Files.write(file, lying);
            assertThat(DataFiles.verdict(file, full()))
                .as("%s, %d at %d", storage, value, at - packs)
                .isEqualTo("Damaged");
          }
        }
      }
    }
  }

  @Test
  void encodingsThatAreNotOnesOfAChunkAreRefused() {
    byte[] target = new byte[Chunks.SIZE];
    byte[] bits = new byte[Packing.BITS_SIZE + Chunks.SIZE];
    bits[31] = (byte) 0x80;
    int block = Packing.BITS_SIZE + Zeros.BLOCK;
    assertThat(decode(new Packing.Packed(Packing.BLOCKS, bits, block), target, Chunks.SIZE))
        .isTrue();
    assertThat(decode(new Packing.Packed(Packing.BLOCKS, bits, block - 1), target, Chunks.SIZE))
        .isFalse();
    assertThat(decode(new Packing.Packed(Packing.BLOCKS, bits, block + 1), target, Chunks.SIZE))
        .isFalse();
    assertThat(decode(new Packing.Packed(Packing.BLOCKS, bits, 31), target, Chunks.SIZE)).isFalse();
    assertThat(decode(new Packing.Packed(Packing.BLOCKS, bits, block), target, 5000)).isFalse();
    assertThat(decode(new Packing.Packed(Packing.RAW, bits, 99), target, 100)).isFalse();
    assertThat(decode(new Packing.Packed(Packing.ZEROS, bits, 1), target, 100)).isFalse();
    assertThat(decode(new Packing.Packed(4, bits, 100), target, 100)).isFalse();
    assertThat(decode(new Packing.Packed(Packing.ZSTD, bits, 100), target, 100)).isFalse();
  }

  @Test
  void aFrameThatClaimsOrHasMoreThanItsChunkIsRefused() {
    byte[] large = ZstdFrames.compress(new byte[Chunks.SIZE], Chunks.SIZE, 3);
    byte[] target = new byte[1000];
    assertThat(decode(new Packing.Packed(Packing.ZSTD, large, large.length), target, 1000))
        .isFalse();
    byte[] claims = large.clone();
    Arrays.fill(claims, 5, 9, (byte) 0xff);
    assertThat(decode(new Packing.Packed(Packing.ZSTD, claims, claims.length), target, 1000))
        .isFalse();
  }

  @Test
  void withoutTheLibraryACompressedSectionIsOneClearError() throws IOException {
    Path file = folder.resolve("a.ji");
    write(file, Storage.COMPRESSED, 3, "many prints ".repeat(9).getBytes(StandardCharsets.UTF_8));
    Run run = Run.of(Map.of(), Run.javaCommand(List.of(), Without.class, file.toString()));
    assertThat(run.succeeded().out().strip())
        .isEqualTo(
            file
                + ": section a is compressed, and the library zstd-jni is missing or may not be"
                + " loaded");
  }

  @Test
  void onlyPlainSectionsArePlaceable() {
    assertThatThrownBy(
            () -> SectionOptions.standard().withStorage(Storage.SPARSE).withPlaceable(true))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SectionOptions.standard().withLevel(23))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Checks a file where there is no zstd-jni. */
  static final class Without {
    private Without() {}

    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      try (Validity header = DataFile.check(file, Expectations.none());
          Validity full = DataFile.check(file, full())) {
        System.out.println(header + " " + full);
      } catch (RefusedException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static boolean decode(Packing.Packed packed, byte[] target, int length) {
    return Packing.decode(packed, target, length, "file", "section");
  }

  private static List<byte[]> contents() {
    List<byte[]> contents = new ArrayList<>();
    contents.add(new byte[0]);
    contents.add(new byte[] {1});
    contents.add(new byte[5000]);
    contents.add(Bytes.random(Chunks.SIZE + 17, 3));
    byte[] holes = new byte[3 * Chunks.SIZE + 9];
    holes[Chunks.SIZE - 1] = 1;
    holes[2 * Chunks.SIZE + 70_000] = 2;
    contents.add(holes);
    byte[] text = new byte[Chunks.SIZE + 100];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) ('a' + i % 7);
    }
    contents.add(text);
    return contents;
  }

  private static DataId write(Path file, Storage storage, int level, byte[] content)
      throws IOException {
    WriteOptions options =
        WriteOptions.standard().withReplace(true).withDurability(Durability.DURABLE);
    try (DataFileWriter writer = DataFileWriter.create(file, options)) {
      SectionOptions how = SectionOptions.standard().withStorage(storage).withLevel(level);
      try (OutputStream stream = writer.section("a", how)) {
        int half = content.length / 2;
        stream.write(content, 0, half);
        for (int i = half; i < Math.min(half + 10, content.length); i++) {
          stream.write(content[i]);
        }
        int rest = Math.min(half + 10, content.length);
        stream.write(content, rest, content.length - rest);
      }
      return writer.publish();
    }
  }

  private static DataId writeMostlyZeros(Path file, Storage storage) throws IOException {
    try (DataFileWriter writer = DataFileWriter.create(file, WriteOptions.standard())) {
      SectionOptions how = SectionOptions.standard().withStorage(storage);
      try (OutputStream stream = writer.section("a", how)) {
        byte[] zeros = new byte[Chunks.SIZE];
        for (int i = 0; i < GIB / Chunks.SIZE; i++) {
          zeros[0] = (byte) (i == GIB / Chunks.SIZE / 2 ? 7 : 0);
          zeros[zeros.length - 1] = (byte) (i == GIB / Chunks.SIZE - 1 ? 9 : 0);
          stream.write(zeros);
        }
      }
      return writer.publish();
    }
  }

  private static Expectations full() {
    return Expectations.none().withTier(Tier.FULL);
  }
}
