package dev.calotype.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChunksTest {
  @Test
  void digestsDoNotDependOnHowTheBytesArrive() {
    byte[] content = Bytes.random(2 * Chunks.SIZE + 12345, 1);
    Chunks whole = new Chunks();
    whole.add(content, 0, content.length);
    byte[] expected = whole.finish();
    Chunks pieces = new Chunks();
    SplittableRandom random = new SplittableRandom(2);
    for (int at = 0; at < content.length; ) {
      int length = Math.min(random.nextInt(1, 300_000), content.length - at);
      pieces.add(content, at, length);
      at += length;
    }
    assertThat(pieces.finish()).isEqualTo(expected);
    assertThat(expected).hasSize(3 * Sha256.SIZE);
    assertThat(Arrays.copyOfRange(expected, Sha256.SIZE, 2 * Sha256.SIZE))
        .isEqualTo(Sha256.of(content, Chunks.SIZE, Chunks.SIZE));
  }

  @Test
  void aWholeNumberOfChunksHasNoEmptyOneAtTheEnd() {
    Chunks chunks = new Chunks();
    chunks.add(new byte[Chunks.SIZE], 0, Chunks.SIZE);
    assertThat(chunks.finish()).hasSize(Sha256.SIZE);
    assertThat(chunks.finish()).isEmpty();
    assertThat(Chunks.count(0)).isZero();
    assertThat(Chunks.count(1)).isEqualTo(1);
    assertThat(Chunks.count(Chunks.SIZE)).isEqualTo(1);
    assertThat(Chunks.count(Chunks.SIZE + 1L)).isEqualTo(2);
    assertThat(Chunks.count(Long.MAX_VALUE)).isEqualTo((1L << 43));
  }
}
