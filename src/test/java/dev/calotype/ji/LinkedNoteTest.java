package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LinkedNoteTest {
  private static final DataId DATA = DataId.of(filled(32, 1));

  @Test
  void theWorkedExampleOfThePageIsWhatIsWritten() throws Exception {
    byte[] bytes =
        LinkedNote.unsealed(
                Shape.SLOTS,
                65_536,
                DATA,
                Origin.none().withTarget("x86_64-elf").withFeature("avx2"))
            .encode(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes).hasSize(152);
    String page = Files.readString(Path.of("docs/code-note.md"));
    int rows = 0;
    for (var row =
            Pattern.compile("(?m)^    ([0-9a-f]{2})  ((?:[0-9a-f]{2} +){8,16})").matcher(page);
        row.find();
        rows++) {
      byte[] expected = HexFormat.of().parseHex(row.group(2).replace(" ", ""));
      int at = Integer.parseInt(row.group(1), 16);
      assertThat(Arrays.copyOfRange(bytes, at, at + expected.length))
          .as(row.group())
          .isEqualTo(expected);
    }
    assertThat(rows).isEqualTo(10);
  }

  @Test
  void whatIsWrittenIsReadInBothByteOrders() {
    Origin origin =
        Origin.none()
            .withModule("Example")
            .withCompiler("example 1.0")
            .withTarget("s390x-elf")
            .withFeature("vx")
            .withFeature("avx2")
            .withOption("opt-level", "3", Comparison.AT_LEAST)
            .withOption("debug", "", Comparison.IGNORED);
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      for (Shape shape : List.of(Shape.SLOTS, Shape.HOLE, Shape.NEEDED, Shape.WITHIN)) {
        LinkedNote note =
            LinkedNote.unsealed(shape, 4096, DATA, origin).seal(12_345, "ab".repeat(32));
        LinkedNote read = decode(note.encode(order));
        assertThat(read.encode(order)).isEqualTo(note.encode(order));
        assertThat(read.shape()).isEqualTo(shape);
        assertThat(read.sealed()).isTrue();
        assertThat(read.fileSize()).isEqualTo(12_345);
        assertThat(read.pageSize()).isEqualTo(4096);
        assertThat(read.dataId()).isEqualTo(DATA);
        assertThat(read.digest()).isEqualTo("ab".repeat(32));
        assertThat(read.target()).isEqualTo("s390x-elf");
        assertThat(read.origin().module()).isEqualTo("Example");
        assertThat(read.origin().compiler()).isEqualTo("example 1.0");
        assertThat(read.origin().features()).containsExactly("avx2", "vx");
        assertThat(read.origin().options()).isEqualTo(origin.options());
      }
    }
  }

  @Test
  void theOrderInWhichFactsAreGivenLeavesNoTrace() {
    Origin one =
        Origin.none().withFeature("a").withFeature("b").withOption("x", "1", Comparison.EXACT);
    Origin other =
        Origin.none().withOption("x", "1", Comparison.EXACT).withFeature("b").withFeature("a");
    assertThat(LinkedNote.unsealed(Shape.HOLE, 0, DATA, one).encode(ByteOrder.LITTLE_ENDIAN))
        .isEqualTo(LinkedNote.unsealed(Shape.HOLE, 0, DATA, other).encode(ByteOrder.LITTLE_ENDIAN));
  }

  @Test
  void everyFlippedBitAndEveryMissingByteOfTheDescriptorIsFound() {
    byte[] bytes =
        LinkedNote.unsealed(Shape.SLOTS, 0, DATA, Origin.none().withTarget("x86_64-elf"))
            .encode(ByteOrder.LITTLE_ENDIAN);
    for (int bit = 16 * 8; bit < bytes.length * 8; bit++) {
      byte[] changed = bytes.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> decode(changed)).isInstanceOf(MalformedImageException.class);
    }
    for (int length = 24; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> decode(cut)).isInstanceOf(MalformedImageException.class);
    }
  }

  @Test
  void liesUnderARightChecksumAreReadOrRejected() {
    byte[] bytes =
        LinkedNote.unsealed(Shape.SLOTS, 0, DATA, Origin.none().withTarget("t").withFeature("f"))
            .encode(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(20260401);
    int rejected = 0;
    for (int i = 0; i < 5000; i++) {
      byte[] changed = bytes.clone();
      for (int j = 0; j < 3; j++) {
        changed[random.nextInt(16, changed.length)] = (byte) random.nextInt();
      }
      Arrays.fill(changed, LinkedNote.CRC, LinkedNote.CRC + 4, (byte) 0);
      int crc = Bytes.crc(changed, 16, changed.length - 16);
      for (int j = 0; j < 4; j++) {
        changed[LinkedNote.CRC + j] = (byte) (crc >>> (8 * j));
      }
      try {
        decode(changed);
      } catch (MalformedImageException | UnsupportedFormatException e) {
        rejected++;
      }
    }
    assertThat(rejected).isBetween(100, 4900);
  }

  @Test
  void whatANoteCanNotHoldIsRefused() {
    assertThatThrownBy(() -> LinkedNote.unsealed(Shape.DETACHED, 0, DATA, Origin.none()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LinkedNote.unsealed(Shape.SLOTS, 5000, DATA, Origin.none()))
        .isInstanceOf(IllegalArgumentException.class);
    Origin large = Origin.none().withOption("x", "y".repeat(70_000), Comparison.EXACT);
    assertThatThrownBy(
            () -> LinkedNote.unsealed(Shape.SLOTS, 0, DATA, large).encode(ByteOrder.LITTLE_ENDIAN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static LinkedNote decode(byte[] bytes) {
    return (LinkedNote) CodeNote.decode(MemorySegment.ofArray(bytes), 0, "note");
  }

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
