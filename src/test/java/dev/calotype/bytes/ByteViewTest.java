package dev.calotype.bytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ByteViewTest {
  private final ByteView view =
      new ByteView(
          MemorySegment.ofArray(new byte[] {1, 2, 3, (byte) 0xf4, 5, 6, 7, (byte) 0x88, 'a', 0}),
          "some file");

  @Test
  void numbersAreLittleEndianAndUnsigned() {
    assertThat(view.u8(3, "x")).isEqualTo(0xf4);
    assertThat(view.u16(2, "x")).isEqualTo(0xf403);
    assertThat(view.u32(0, "x")).isEqualTo(0xf4030201L);
    assertThat(view.u64(0, "x")).isEqualTo(0x88070605f4030201L);
  }

  @Test
  void theOtherByteOrderIsRead() {
    ByteView other = view.withOrder(ByteOrder.BIG_ENDIAN);
    assertThat(other.u16(2, "x")).isEqualTo(0x03f4);
    assertThat(other.u32(0, "x")).isEqualTo(0x010203f4L);
    assertThat(other.u64(0, "x")).isEqualTo(0x010203f405060788L);
  }

  @Test
  void aReadThatLeavesTheFileNamesFileStructureAndOffset() {
    assertThatThrownBy(() -> view.u32(7, "header"))
        .isInstanceOfSatisfying(
            MalformedImageException.class,
            e -> {
              assertThat(e.file()).isEqualTo("some file");
              assertThat(e.structure()).isEqualTo("header");
              assertThat(e.offset()).isEqualTo(7);
            })
        .hasMessageContaining("some file: header at offset 0x7");
  }

  @Test
  void offsetsAndSizesThatOverflowAreOutside() {
    for (long huge : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 10, 11}) {
      assertThat(view.contains(huge, 1)).isFalse();
      assertThatThrownBy(() -> view.u8(huge, "x")).isInstanceOf(MalformedImageException.class);
      assertThatThrownBy(() -> view.slice(4, huge, "x"))
          .isInstanceOf(MalformedImageException.class);
    }
    assertThat(view.contains(10, 0)).isTrue();
    assertThat(view.slice(4, 6, "x").byteSize()).isEqualTo(6);
  }

  @Test
  void textEndsAtItsNulAndNotPastItsTable() {
    assertThat(view.string(8, 10, "x")).isEqualTo("a");
    assertThatThrownBy(() -> view.string(8, 9, "x")).isInstanceOf(MalformedImageException.class);
    assertThatThrownBy(() -> view.string(9, 8, "x")).isInstanceOf(MalformedImageException.class);
    assertThatThrownBy(() -> view.string(8, 11, "x")).isInstanceOf(MalformedImageException.class);
    assertThatThrownBy(() -> view.string(-1, 8, "x")).isInstanceOf(MalformedImageException.class);
  }

  @Test
  void textLongerThanAnyRealNameIsNotDecoded() {
    byte[] bytes = new byte[(1 << 20) + 2];
    Arrays.fill(bytes, 0, 1 << 20, (byte) 'a');
    ByteView text = new ByteView(MemorySegment.ofArray(bytes), "long");
    assertThat(text.string(1, bytes.length, "x")).hasSize((1 << 20) - 1);
    assertThatThrownBy(() -> text.string(0, bytes.length, "x"))
        .isInstanceOf(MalformedImageException.class);
  }
}
