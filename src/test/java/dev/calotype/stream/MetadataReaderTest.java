package dev.calotype.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataReaderTest {
  private static final int DEFINITIONS = 12;

  @TempDir Path folder;

  @Test
  void everyPrefixIsMalformed() throws IOException {
    byte[] whole = sample();
    Sample.readAnything(reader(whole), DEFINITIONS);
    for (int length = 0; length < whole.length; length++) {
      MetadataReader in = reader(Arrays.copyOf(whole, length));
      try {
        Sample.readAnything(in, DEFINITIONS);
        // The table ends before the last eight bytes do, which may then be any eight others.
        assertThat(length).isGreaterThanOrEqualTo(whole.length - 8);
      } catch (MalformedImageException e) {
        assertThat(e.offset()).isBetween(0L, (long) length);
        assertThat(e.structure()).isNotEmpty();
      }
    }
  }

  @Test
  void everyByteMayBeAnyOtherAndGivesAnAnswerOrIsMalformed() throws IOException {
    byte[] bytes = sample();
    int malformed = 0;
    for (int at = 0; at < bytes.length; at++) {
      for (int mask = 1; mask < 256; mask++) {
        bytes[at] ^= (byte) mask;
        try {
          Sample.readAnything(reader(bytes), DEFINITIONS);
        } catch (MalformedImageException e) {
          malformed++;
        }
        bytes[at] ^= (byte) mask;
      }
    }
    assertThat(malformed).isGreaterThan(bytes.length);
  }

  @Test
  void anyReadOfAnyBytesGivesAnAnswerOrIsMalformedAndStaysInTheStream() {
    SplittableRandom random = new SplittableRandom(7);
    byte[] bytes = new byte[64];
    for (int round = Tools.count(300_000, 30_000_000); round > 0; round--) {
      random.nextBytes(bytes);
      bytes[random.nextInt(64)] = (byte) random.nextInt(4);
      MetadataReader in = reader(bytes).at(random.nextInt(65));
      long start = in.position();
      try {
        readOne(in, random);
        assertThat(in.position()).isBetween(0L, 64L);
      } catch (MalformedImageException e) {
        assertThat(in.position()).isEqualTo(start);
      }
    }
  }

  @Test
  void hostileLengthsAllocateNothing() {
    for (String hex : new String[] {"ffffffffffffffffff01", "ffffffff0f", "ffffffffffffffff7f"}) {
      byte[] bytes = HexFormat.of().parseHex(hex + "00".repeat(100));
      assertMalformed(bytes, MetadataReader::string, "string");
      assertMalformed(bytes, MetadataReader::stringBytes, "string");
      assertMalformed(bytes, in -> in.bytes(in.unsigned64()), "bytes");
      assertMalformed(bytes, in -> in.at(in.unsigned64()), "position");
    }
    assertMalformed(new byte[8], in -> in.bytes(-1), "bytes");
    assertMalformed(new byte[8], in -> in.at(9), "position");
    assertMalformed(new byte[8], in -> in.at(-1), "position");
  }

  @Test
  void aTextThatIsNotUtf8IsMalformedAndOneWithReplacementCharactersIsNot() {
    for (String hex : new String[] {"01ff", "02c080", "03eda080", "04f4908080", "02c3c3", "01c3"}) {
      assertMalformed(HexFormat.of().parseHex(hex), MetadataReader::string, "string");
    }
    assertThat(reader(HexFormat.of().parseHex("03efbfbd")).string()).isEqualTo("\ufffd");
  }

  @Test
  void aTextThatIsLongerThanTheCallerTakesIsMalformed() {
    byte[] bytes = HexFormat.of().parseHex("05" + "61".repeat(5));
    assertThat(reader(bytes).string(5)).isEqualTo("aaaaa");
    assertMalformed(bytes, in -> in.string(4), "string");
    byte[] longer = new byte[MetadataReader.MOST_STRING_BYTES + 10];
    Leb128.putUnsigned(longer, 0, longer.length - 4);
    assertMalformed(longer, MetadataReader::string, "string");
  }

  @Test
  void forksReadIndependentlyAndSlicesAreNotCopied() {
    byte[] bytes = {1, 2, 3, 4, 5};
    MetadataReader in = reader(bytes);
    MetadataReader fork = in.at(1).fork();
    assertThat(in.fixed16()).isEqualTo(0x302);
    assertThat(fork.fixed8()).isEqualTo(2);
    assertThat(in.position()).isEqualTo(3);
    MemorySegment slice = in.bytes(2);
    bytes[3] = 9;
    assertThat(slice.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 9);
    assertThat(in.position()).isEqualTo(in.size());
  }

  private static void readOne(MetadataReader in, SplittableRandom random) {
    switch (random.nextInt(15)) {
      case 0 -> in.unsigned32();
      case 1 -> in.unsigned64();
      case 2 -> in.unsigned128();
      case 3 -> in.signed32();
      case 4 -> in.signed64();
      case 5 -> in.signed128();
      case 6 -> in.fixed8();
      case 7 -> in.fixed16();
      case 8 -> in.fixed32();
      case 9 -> in.fixed64();
      case 10 -> in.fixed128();
      case 11 -> in.string();
      case 12 -> in.stringBytes();
      case 13 -> in.bytes(random.nextLong() >> random.nextInt(64));
      default -> in.table(1 + random.nextInt(3)).get(random.nextLong() >>> random.nextInt(64));
    }
  }

  private static void assertMalformed(
      byte[] bytes, Consumer<MetadataReader> read, String structure) {
    assertThatThrownBy(() -> read.accept(reader(bytes)))
        .isInstanceOfSatisfying(
            MalformedImageException.class, e -> assertThat(e.structure()).isEqualTo(structure));
  }

  private byte[] sample() throws IOException {
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
      Sample.write(out, DEFINITIONS, 1);
      try (Metadata metadata = out.finish(arena)) {
        return metadata.bytes().toArray(ValueLayout.JAVA_BYTE);
      }
    }
  }

  private static MetadataReader reader(byte[] bytes) {
    return MetadataReader.of(MemorySegment.ofArray(bytes), "sample");
  }
}
