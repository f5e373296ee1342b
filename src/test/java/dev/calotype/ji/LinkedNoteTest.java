package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;

class LinkedNoteTest {
  private static final DataId DATA = DataId.of(filled(32, 1));

  private static final Linkage LINKAGE =
      Linkage.none()
          .withSlots(".rodata", List.of(0L, 0x40L))
          .withSlots("table", List.of(8L))
          .withImport("puts", "(P)I")
          .withHole(".rodata", 65_536)
          .withFunction("answer", "()I")
          .withFunction("sum", "(PJ)D");

  @Test
  void theWorkedExamplesOfThePageAreWhatIsWritten() throws Exception {
    LinkedNote note =
        LinkedNote.unsealed(
            Shape.SLOTS, 65_536, DATA, Origin.none().withTarget("x86_64-elf").withFeature("avx2"));
    byte[] plain = note.encode(ByteOrder.LITTLE_ENDIAN);
    assertThat(plain).hasSize(152);
    Linkage linkage =
        Linkage.none().withSlots(".rodata", List.of(0L, 0x40L)).withImport("puts", "(P)I");
    byte[] linked = note.withLinkage(linkage).encode(ByteOrder.LITTLE_ENDIAN);
    assertThat(linked).hasSize(216);
    assertThat(note.withLinkage(linkage).placeOffsets()).containsExactly(0xc8, 0xd0);
    String page = Files.readString(Path.of("docs/code-note.md"));
    int second = page.indexOf("With two slots");
    assertThat(rows(page.substring(0, second), plain)).isEqualTo(10);
    assertThat(rows(page.substring(second), linked)).isEqualTo(5);
  }

  /** How many rows of bytes there are, all of them as in {@code bytes}. */
  private static int rows(String page, byte[] bytes) {
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
    return rows;
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
        LinkedNote note = LinkedNote.unsealed(shape, 4096, DATA, origin);
        byte[] sealed = LinkedNote.seal(note.encode(order), 12_345, "ab".repeat(32));
        LinkedNote read = decode(sealed);
        assertThat(read.encode(order)).isEqualTo(sealed);
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
  void cellsHolesAndFunctionsAreReadInBothByteOrders() {
    for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
      byte[] bytes = linked().encode(order);
      assertThat(decode(bytes).linkage()).isEqualTo(LINKAGE);
      int[] places = linked().placeOffsets();
      assertThat(places).hasSize(4).endsWith(bytes.length - 8);
      for (int i = 0; i < places.length; i++) {
        ByteBuffer.wrap(bytes).order(order).putLong(places[i], -1000L - i);
      }
      LinkedNote read = decode(bytes);
      assertThat(read.linkage().places()).containsExactly(-1000L, -1001L, -1002L, -1003L);
      assertThat(read.slots()).isEqualTo(LINKAGE.slots());
      assertThat(read.imports()).isEqualTo(LINKAGE.imports());
      assertThat(read.holes()).isEqualTo(LINKAGE.holes());
      assertThat(read.functions()).isEqualTo(LINKAGE.functions());
      assertThat(read.encode(order)).isEqualTo(bytes);
    }
  }

  @Test
  void everyFlippedBitAndEveryMissingByteOfTheDescriptorIsFound() {
    byte[] unsealed = linked().encode(ByteOrder.LITTLE_ENDIAN);
    byte[] sealed = LinkedNote.seal(unsealed, 5, "cd".repeat(32));
    for (byte[] bytes : List.of(unsealed, sealed)) {
      // The linker fills the places until the seal covers them.
      int end = Arrays.equals(bytes, sealed) ? bytes.length : linked().placeOffsets()[0];
      for (int bit = 16 * 8; bit < end * 8; bit++) {
        byte[] changed = bytes.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        assertThatThrownBy(() -> decode(changed)).isInstanceOf(MalformedImageException.class);
      }
      for (int length = 24; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertThatThrownBy(() -> decode(cut))
            .as("%d bytes", length)
            .isInstanceOf(MalformedImageException.class);
      }
    }
  }

  @Test
  void everyFactHasItsShareInTheBytes() {
    List<Linkage> others =
        List.of(
            Linkage.none(),
            LINKAGE.withSlots("table", List.of(8L)),
            LINKAGE.withImport("gets", "(P)I"),
            LINKAGE.withHole("table", 65_536),
            LINKAGE.withFunction("answer2", "()I"));
    for (Linkage other : others) {
      LinkedNote note = linked().withLinkage(other);
      assertThat(decode(note.encode(ByteOrder.LITTLE_ENDIAN)).linkage()).isEqualTo(other);
      assertThat(note.encode(ByteOrder.LITTLE_ENDIAN))
          .isNotEqualTo(linked().encode(ByteOrder.LITTLE_ENDIAN));
    }
  }

  @Test
  void liesUnderARightChecksumAreReadOrRejected() {
    byte[] bytes = linked().encode(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(20260401);
    int rejected = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = bytes.clone();
      for (int j = 0; j < 3; j++) {
        changed[random.nextInt(16, changed.length)] = (byte) random.nextInt();
      }
      try {
        decode(checksummed(changed));
      } catch (MalformedImageException | UnsupportedFormatException e) {
        rejected++;
      }
    }
    assertThat(rejected).isBetween(400, 19_600);
  }

  @Test
  void factsThatContradictEachOtherAreRejected() {
    LinkedNote note = LinkedNote.unsealed(Shape.SLOTS, 0, DATA, Origin.none());
    int facts = 120;
    byte[] two =
        note.withLinkage(Linkage.none().withImport("f", "(P)I").withImport("g", "(P)I"))
            .encode(ByteOrder.LITTLE_ENDIAN);
    // Each fact has 8 + 1 + 4 bytes.
    assertRejected(two, facts + 13 + 8, 'f', "a second f");
    assertRejected(two, facts, 8, "4 bytes, expected numbers of 8 bytes");
    assertRejected(two, facts + 9, '[', "'[P)I' of f is no type");
    assertRejected(two, facts + 4, 200, "a fact of 209 bytes");
    assertRejected(two, facts, 9, "2 places");
    assertRejected(two, 112, 1, "places right after the facts");
    assertRejected(two, 112, 200, "checksum");
    byte[] three =
        note.withLinkage(Linkage.none().withSlots("s", List.of(1L)).withHole("s", 1))
            .encode(ByteOrder.LITTLE_ENDIAN);
    byte[] swapped = three.clone();
    swapped[facts] = 8;
    swapped[facts + 17] = 6;
    assertThatThrownBy(() -> decode(checksummed(swapped)))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("kind 6 after 8");
    assertRejected(three, facts + 17 + 9, 0, "a hole of 0 bytes");
  }

  private static void assertRejected(byte[] note, int at, int value, String why) {
    byte[] changed = note.clone();
    changed[at] = (byte) value;
    assertThatThrownBy(() -> decode(checksummed(changed)))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining(why);
  }

  /** The same bytes with the checksum that they should have, as far as they can have one. */
  private static byte[] checksummed(byte[] note) {
    byte[] descriptor = Arrays.copyOfRange(note, 16, note.length);
    long places =
        8
            * Integer.toUnsignedLong(
                ByteBuffer.wrap(descriptor, 96, 4).order(ByteOrder.LITTLE_ENDIAN).getInt());
    Arrays.fill(descriptor, 100, 104, (byte) 0);
    if ((note[24] & 1) == 0) {
      long from = Math.max(104, descriptor.length - places);
      Arrays.fill(descriptor, (int) from, descriptor.length, (byte) 0);
    }
    byte[] right = note.clone();
    ByteBuffer.wrap(right)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(LinkedNote.CRC, Bytes.crc(descriptor, 0, descriptor.length));
    return right;
  }

  private static LinkedNote linked() {
    return LinkedNote.unsealed(Shape.SLOTS, 0, DATA, Origin.none().withTarget("x86_64-elf"))
        .withLinkage(LINKAGE);
  }

  @Test
  void whatANoteCanNotHoldIsRefused() {
    assertThatThrownBy(() -> LinkedNote.unsealed(Shape.DETACHED, 0, DATA, Origin.none()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> LinkedNote.unsealed(Shape.SLOTS, 5000, DATA, Origin.none()))
        .isInstanceOf(IllegalArgumentException.class);
    Origin large = Origin.none().withOption("x", "y".repeat(1 << 20), Comparison.EXACT);
    assertThatThrownBy(
            () -> LinkedNote.unsealed(Shape.SLOTS, 0, DATA, large).encode(ByteOrder.LITTLE_ENDIAN))
        .isInstanceOf(IllegalArgumentException.class);
    List<ThrowableAssert.ThrowingCallable> wrong =
        List.of(
            () -> LINKAGE.withImport("puts", "(P)I"),
            () -> LINKAGE.withHole(".rodata", 4096),
            () -> LINKAGE.withFunction("sum", "()V"),
            () -> LINKAGE.withFunction("", "()V"),
            () -> LINKAGE.withSlots("none", List.of()),
            () -> LINKAGE.withHole("none", 0));
    for (var call : wrong) {
      assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class);
    }
    for (String type :
        List.of("", "()", "I", "(V)I", "()X", "(J)JJ", "J()", "(" + "J".repeat(121) + ")V")) {
      assertThatThrownBy(() -> LINKAGE.withFunction("f", type))
          .as(type)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(LINKAGE.withFunction("f", "(" + "BSIJFDPJ".repeat(15) + ")V").functions())
        .hasSize(3);
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
