package dev.calotype.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NulMapTest {
  @Test
  void everyNulIsFoundFromEveryPlaceBeforeIt() {
    SplittableRandom random = new SplittableRandom(20260501);
    for (int size : new int[] {0, 1, 7, 8, 63, 64, 65, 127, 128, 4095, 4096, 4097, 9000}) {
      for (int rare : new int[] {1, 2, 20, 300}) {
        byte[] bytes = new byte[size + 13];
        for (int i = 0; i < bytes.length; i++) {
          // 1 and 0x80 are what carries make of zeros where a test is not exact.
          bytes[i] = (byte) (random.nextInt(rare) == 0 ? 0 : random.nextInt(2) == 0 ? 1 : 0x80);
        }
        MemorySegment segment = MemorySegment.ofArray(bytes);
        int start = random.nextInt(6);
        NulMap map = new NulMap(segment, start, start + size);
        for (int from = start; from < start + size; from++) {
          assertThat(map.next(from)).isEqualTo(Endian.indexOfNul(segment, from, start + size));
        }
        assertThat(map.next(start - 1L)).isEqualTo(-1);
        assertThat(map.next(start + size)).isEqualTo(-1);
      }
    }
  }
}
