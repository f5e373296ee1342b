package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.image.Format;
import dev.calotype.image.LoadedRange;
import dev.calotype.image.NoteFinder;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Places against headers that are made up. */
class PlacementTest {
  private static final LoadedRange TEXT = new LoadedRange(0, 0x1000, 0x1000, false);
  private static final LoadedRange DATA = new LoadedRange(0x2000, 0x2_2000, 0x800, true);
  private static final LoadedRange PROTECTED = new LoadedRange(0x2000, 0x100, 0x100, false);
  private static final List<LoadedRange> LOADED = List.of(TEXT, DATA, PROTECTED);
  private static final long NOTE = 0x200;

  /** Two cells, one cell, a hole. */
  private static final Linkage LINKAGE =
      Linkage.none().withSlots("a", List.of(0L, 8L)).withImport("f", "()V").withHole("a", 0x1_0000);

  @Test
  void placesAreDistancesInElfAndMachO() {
    for (Format format : List.of(Format.ELF, Format.MACHO)) {
      for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
        LinkedNote placed = place(format, order, LOADED, 0, 0x2100, 0x2110, 0x1_0000);
        assertThat(placed.slots().getFirst().address()).isEqualTo(0x2100);
        assertThat(placed.imports().getFirst().address()).isEqualTo(0x2110);
        assertThat(placed.holes().getFirst().address()).isEqualTo(0x1_0000);
      }
    }
  }

  @Test
  void placesAreRelativeVirtualAddressesInPe() {
    LinkedNote placed =
        place(Format.PE, ByteOrder.LITTLE_ENDIAN, LOADED, 0, 0x2100, 0x2110, 0x1_0000);
    assertThat(placed.slots().getFirst().address()).isEqualTo(0x2100);
    assertThat(placed.linkage().places()).containsExactly(0x2100L, 0x2110L, 0x1_0000L);
    assertDamaged(Format.PE, LOADED, 0, 0x1_0000_2100L, 0x2110, 0x1_0000);
  }

  @Test
  void objectsHaveNoAddressesYet() {
    byte[] bytes = note(0).encode(ByteOrder.LITTLE_ENDIAN);
    NoteFinder.Found found =
        new NoteFinder.Found(
            Format.ELF, 0x40, MemorySegment.ofArray(bytes), OptionalLong.empty(), List.of(), 1);
    assertThat(Placement.of(note(0), found, "x")).isEqualTo(note(0));
  }

  @Test
  void aCellIsAlignedAndWhereTheImageCanBeWritten() {
    assertDamaged(0, 0x2104, 0x2110, 0x1_0000); // Unaligned.
    assertDamaged(0, 0x100, 0x2110, 0x1_0000); // In what is never writable.
    assertDamaged(0, 0x20f8, 0x2110, 0x1_0000); // One of two in what is protected later.
    assertDamaged(0, 0x1ff8, 0x2110, 0x1_0000); // Starts before what is loaded.
    assertDamaged(0, 0x2_3ff8, 0x2110, 0x1_0000); // Ends behind it.
    assertDamaged(0, 0x2100, 0x2_4000, 0x1_0000);
    assertDamaged(0, 0x2100, -8, 0x1_0000);
    assertDamaged(0, Long.MIN_VALUE, 0x2110, 0x1_0000);
    assertDamaged(0, Long.MAX_VALUE - 7, 0x2110, 0x1_0000);
    // Never filled: a distance of nothing, to the place itself.
    assertThatThrownBy(() -> Placement.of(note(0), found(Format.ELF, note(0), LOADED), "x"))
        .isInstanceOf(MalformedImageException.class);
  }

  @Test
  void aHoleIsOfWholePagesAndHasNoBytes() {
    assertDamaged(0, 0x2100, 0x2110, 0x1_1000); // 64 KiB, if the note does not say.
    assertThat(
            place(Format.ELF, ByteOrder.LITTLE_ENDIAN, LOADED, 4096, 0x2100, 0x2110, 0x1_1000)
                .holes()
                .getFirst()
                .address())
        .isEqualTo(0x1_1000);
    assertDamaged(4096, 0x2100, 0x2110, 0x1_1800);
    assertDamaged(1 << 17, 0x2100, 0x2110, 0); // Its size is half a page.
    assertDamaged(4096, 0x2100, 0x2110, 0x2000); // Bytes of the file are there.
    assertDamaged(4096, 0x2100, 0x2110, 0x1_5000); // Ends behind what is loaded.
    assertDamaged(4096, 0x2100, 0x2110, 0x10_0000);
    List<LoadedRange> other = List.of(TEXT, DATA, new LoadedRange(0x1_f000, 0x1000, 0, true));
    assertDamaged(Format.ELF, other, 0, 0x2100, 0x2110, 0x1_0000);
  }

  @Test
  void aTableOfSegmentsAgainstATableOfCellsIsNotWalked() {
    List<ImportCell> imports = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      imports.add(new ImportCell("import" + i, "()V", 0));
    }
    LinkedNote note = note(0).withLinkage(Linkage.of(List.of(), imports, List.of(), List.of()));
    List<LoadedRange> many = Collections.nCopies(20_000, DATA);
    assertThatThrownBy(() -> Placement.of(note, found(Format.ELF, note, many), "x"))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("20000 segments");
  }

  @Test
  void nothingOverlaps() {
    assertDamaged(0, 0x2100, 0x2108, 0x1_0000);
    assertDamaged(0, 0x2100, 0x2100, 0x1_0000);
    assertDamaged(0, 0x2100, 0x1_8000, 0x1_0000);
    assertDamaged(0, 0x1_0000, 0x2100, 0x1_0000);
    assertThat(
            place(Format.ELF, ByteOrder.LITTLE_ENDIAN, LOADED, 0, 0xfff0, 0x2_0000, 0x1_0000)
                .imports()
                .getFirst()
                .address())
        .isEqualTo(0x2_0000);
  }

  @Test
  void rangesCompareWithoutOverflow() {
    LoadedRange range = new LoadedRange(0x1000, 0x1000, 0, true);
    assertThat(range.contains(0x1000, 0x1000)).isTrue();
    assertThat(range.contains(0x1001, 0x1000)).isFalse();
    assertThat(range.contains(0x1000, Long.MAX_VALUE)).isFalse();
    assertThat(range.contains(Long.MAX_VALUE, 1)).isFalse();
    assertThat(range.overlaps(0x0fff, 1)).isFalse();
    assertThat(range.overlaps(0x0fff, 2)).isTrue();
    assertThat(range.overlaps(0x1fff, 1)).isTrue();
    assertThat(range.overlaps(0x2000, 1)).isFalse();
    assertThat(range.overlaps(0, Long.MAX_VALUE)).isTrue();
    LoadedRange everything = new LoadedRange(0, Long.MAX_VALUE, 0, true);
    assertThat(everything.contains(Long.MAX_VALUE - 8, 8)).isTrue();
    assertThat(everything.contains(Long.MAX_VALUE - 7, 8)).isFalse();
    assertThat(new LoadedRange(-8, 16, 0, true).contains(-8, 8)).isFalse();
  }

  private static void assertDamaged(long pageSize, long slots, long cell, long hole) {
    assertDamaged(Format.ELF, LOADED, pageSize, slots, cell, hole);
  }

  private static void assertDamaged(
      Format format, List<LoadedRange> loaded, long pageSize, long slots, long cell, long hole) {
    assertThatThrownBy(
            () -> place(format, ByteOrder.LITTLE_ENDIAN, loaded, pageSize, slots, cell, hole))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("code note");
  }

  private static LinkedNote place(
      Format format, ByteOrder order, List<LoadedRange> loaded, long pageSize, long... addresses) {
    byte[] bytes = note(pageSize).encode(order);
    int[] places = note(pageSize).placeOffsets();
    for (int i = 0; i < places.length; i++) {
      long from = format == Format.PE ? 0 : NOTE + places[i];
      ByteBuffer.wrap(bytes).order(order).putLong(places[i], addresses[i] - from);
    }
    LinkedNote written = LinkedNote.decode(MemorySegment.ofArray(bytes), 0x40, "x");
    return Placement.of(written, found(format, written, loaded), "x");
  }

  private static NoteFinder.Found found(Format format, LinkedNote note, List<LoadedRange> loaded) {
    return new NoteFinder.Found(
        format,
        0x40,
        MemorySegment.ofArray(note.encode(ByteOrder.LITTLE_ENDIAN)),
        OptionalLong.of(NOTE),
        loaded,
        1);
  }

  private static LinkedNote note(long pageSize) {
    return LinkedNote.unsealed(Shape.SLOTS, pageSize, DataId.of(new byte[32]), Origin.none())
        .withLinkage(LINKAGE);
  }
}
