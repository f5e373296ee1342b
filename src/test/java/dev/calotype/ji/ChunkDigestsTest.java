package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.bytes.Chunks;
import dev.calotype.bytes.Sha256;
import dev.calotype.testing.Bytes;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Digests come in the chunks' order, whoever computes them and whoever is done first. */
class ChunkDigestsTest {
  private static final List<Integer> LENGTHS =
      List.of(Chunks.SIZE, 1 << 18, 5, Chunks.SIZE, Chunks.SIZE, 1 << 19, 1, Chunks.SIZE);

  @Test
  void theyAreInTheOrderOfTheChunksThoughTheCallerUsesItsMemoryAgain() {
    byte[] memory = new byte[Chunks.SIZE + 3];
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    try (ChunkDigests digests = new ChunkDigests()) {
      for (int section = 0; section < 3; section++) {
        for (int i = 0; i < 40; i++) {
          int length = LENGTHS.get(i % LENGTHS.size());
          byte[] chunk = i % 11 == 10 ? new byte[length] : Bytes.random(length, i + 40L * section);
          System.arraycopy(chunk, 0, memory, 3, length);
          expected.writeBytes(Sha256.of(chunk));
          digests.add(memory, 3, length);
          Arrays.fill(memory, (byte) 1);
        }
        assertThat(digests.finish()).isEqualTo(expected.toByteArray());
        expected.reset();
      }
      assertThat(digests.finish()).isEmpty();
    }
  }

  @Test
  void whatIsLeftBehindIsOverWhenItIsClosed() {
    ChunkDigests digests = new ChunkDigests();
    for (int i = 0; i < 10; i++) {
      digests.add(Bytes.random(Chunks.SIZE, i), 0, Chunks.SIZE);
    }
    digests.close();
    digests.close();
    assertThat(digests.waiting()).isZero();
  }

  @Test
  void anInterruptedThreadGetsItsDigestsAndStaysInterrupted() {
    byte[] chunk = Bytes.random(Chunks.SIZE, 1);
    try (ChunkDigests digests = new ChunkDigests()) {
      Thread.currentThread().interrupt();
      digests.add(chunk, 0, chunk.length);
      digests.add(chunk, 0, chunk.length);
      assertThat(digests.finish()).startsWith(Sha256.of(chunk)).hasSize(2 * Sha256.SIZE);
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
