package dev.calotype.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Durability;
import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataWriterTest {
  /** More than the buffer several times over. */
  private static final int LARGE = 300_000;

  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadBackWhateverTheSize() throws IOException {
    for (int definitions : new int[] {1, 2, 100, 10_001}) {
      try (Arena arena = Arena.ofConfined();
          MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
        Sample.write(out, definitions, 1);
        long size = out.position();
        try (Metadata metadata = out.finish(arena)) {
          assertThat(metadata.bytes().byteSize()).isEqualTo(size);
          assertThat(Sample.read(metadata.reader(), definitions, 1)).isEqualTo(definitions);
        }
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void theSameValuesAreTheSameBytes() throws IOException {
    for (String name : new String[] {"one", "two"}) {
      try (Arena arena = Arena.ofConfined();
          MetadataWriter out = MetadataWriter.create(folder.resolve(name), false)) {
        Sample.write(out, 100, 2);
        try (Metadata metadata = out.finish(arena)) {
          metadata.publish(Durability.FAST);
        }
      }
    }
    assertThat(folder.resolve("one")).hasSameBinaryContentAs(folder.resolve("two"));
  }

  @Test
  void patchesReachBufferedFlushedAndStraddlingFields() throws IOException {
    byte[] expected = Bytes.random(LARGE, 3);
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
      ByteBuffer buffer = ByteBuffer.wrap(expected).order(ByteOrder.LITTLE_ENDIAN);
      SplittableRandom random = new SplittableRandom(3);
      out.bytes(expected);
      for (int at = 0; at <= LARGE - 16; at += at % 65_536 > 65_500 ? 1 : 17) {
        long value = random.nextLong();
        switch (random.nextInt(5)) {
          case 0 -> {
            out.patch8(at, (int) value);
            buffer.put(at, (byte) value);
          }
          case 1 -> {
            out.patch16(at, (int) value);
            buffer.putShort(at, (short) value);
          }
          case 2 -> {
            out.patch32(at, (int) value);
            buffer.putInt(at, (int) value);
          }
          case 3 -> {
            out.patch64(at, value);
            buffer.putLong(at, value);
          }
          default -> {
            out.patch128(at, value, ~value);
            buffer.putLong(at, ~value).putLong(at + 8, value);
          }
        }
      }
      try (Metadata metadata = out.finish(arena)) {
        assertThat(metadata.bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
      }
    }
  }

  @Test
  void runsOfSmallNumbersAndTheirEndsAreWrittenAsAnyOthers() throws IOException {
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
      for (int value = -70; value < 140; value++) {
        out.signed64(value % 64).signed32(value).unsigned32(Math.abs(value)).unsigned64(1);
      }
      try (Metadata metadata = out.finish(arena)) {
        MetadataReader in = metadata.reader();
        for (int value = -70; value < 140; value++) {
          assertThat(in.signed64()).isEqualTo(value % 64);
          assertThat(in.signed32()).isEqualTo(value);
          assertThat(in.unsigned32()).isEqualTo(Math.abs(value));
          assertThat(in.unsigned64()).isEqualTo(1);
        }
        assertThat(in.position()).isEqualTo(in.size());
      }
    }
  }

  @Test
  void onlyWhatIsWrittenIsPatched() throws IOException {
    try (MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
      out.fixed32(0);
      for (long position : new long[] {-1, 1, 4, Long.MAX_VALUE, Long.MIN_VALUE}) {
        assertThatThrownBy(() -> out.patch32(position, 1))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      assertThatThrownBy(() -> out.patch64(0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
      out.patch32(0, 1);
    }
  }

  @Test
  void textsOfEverySizeAndScriptAreUtf8() throws IOException {
    String[] texts = {
      "", "a", "é", "語", "𝒳", "\ufffd", "\0", "x".repeat(LARGE), "aé語𝒳".repeat(LARGE / 4)
    };
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
      for (String text : texts) {
        out.string(text);
      }
      try (Metadata metadata = out.finish(arena)) {
        MetadataReader in = metadata.reader();
        for (String text : texts) {
          byte[] bytes = in.fork().stringBytes().toArray(ValueLayout.JAVA_BYTE);
          assertThat(bytes).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
          assertThat(in.string()).isEqualTo(text);
        }
      }
    }
  }

  @Test
  void halfASurrogatePairIsRefusedAndNothingIsWritten() throws IOException {
    try (MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
      for (String text :
          new String[] {"\ud800", "a\udc00", "\ud800a", "\ud800\ud800", "𝒳\udfff"}) {
        assertThatThrownBy(() -> out.string(text)).isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(out.position()).isZero();
    }
  }

  @Test
  void mappedAndLargeBytesAreCopiedThroughTheBuffer() throws IOException {
    byte[] bytes = Bytes.random(LARGE, 4);
    try (Arena arena = Arena.ofConfined();
        MetadataWriter first = MetadataWriter.create(folder.resolve("first"), false);
        MetadataWriter second = MetadataWriter.create(folder.resolve("second"), false)) {
      first.fixed8(1).bytes(bytes).bytes(bytes, 10, 20).bytes(bytes, LARGE, 0);
      try (Metadata one = first.finish(arena)) {
        second.bytes(one.bytes().asSlice(1, LARGE));
        try (Metadata two = second.finish(arena)) {
          assertThat(two.bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
        }
        assertThat(
                one.bytes()
                    .asSlice(1 + LARGE)
                    .mismatch(MemorySegment.ofArray(bytes).asSlice(10, 20)))
            .isEqualTo(-1);
      }
    }
  }

  @Test
  void theFirstErrorIsThrownOnceByFinishAndTheTemporaryIsGone() throws IOException {
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
      Thread.currentThread().interrupt();
      long table = Sample.write(out, 20_000, 5);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(out.hasFailed()).isTrue();
      assertThat(table).isLessThan(out.position());
      out.patch64(0, 1);
      assertThat(Bytes.names(folder)).hasSize(1);
      assertThatThrownBy(() -> out.finish(arena)).isInstanceOf(ClosedByInterruptException.class);
      assertThat(folder).isEmptyDirectory();
      assertThatThrownBy(() -> out.finish(arena)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void positionsGoOnAsIfNothingHadHappenedAfterAnError() throws IOException {
    long[] positions = new long[2];
    for (int i = 0; i < 2; i++) {
      try (MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
        if (i == 1) {
          Thread.currentThread().interrupt();
        }
        positions[i] = Sample.write(out, 20_000, 6);
        assertThat(Thread.interrupted()).isEqualTo(i == 1);
      }
    }
    assertThat(positions[1]).isEqualTo(positions[0]);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFinishedOrClosedWriterWritesNothingMore() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MetadataWriter finished = MetadataWriter.create(folder.resolve("one"), false);
      finished.fixed8(1);
      finished.finish(arena).close();
      MetadataWriter closed = MetadataWriter.create(folder.resolve("two"), false);
      closed.fixed8(1);
      closed.close();
      for (MetadataWriter out : new MetadataWriter[] {finished, closed}) {
        assertThatThrownBy(() -> out.unsigned32(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> out.string("a")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> out.patch8(0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> out.finish(arena)).isInstanceOf(IllegalStateException.class);
        out.close();
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  @SuppressWarnings("try")
  void theTemporaryLivesUntilItsHandleIsClosedAndTheBytesUntilTheirArenaIs() throws IOException {
    MemorySegment bytes;
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false)) {
      out.fixed64(42);
      Metadata metadata = out.finish(arena);
      out.close();
      assertThat(metadata.path()).exists().isNotEqualTo(folder.resolve("file"));
      bytes = metadata.bytes();
      assertThat(bytes.isReadOnly()).isTrue();
      assertThat(bytes.isMapped()).isTrue();
      metadata.close();
      assertThat(folder).isEmptyDirectory();
      assertThat(bytes.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
      assertThatThrownBy(() -> metadata.publish(Durability.FAST))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> bytes.get(ValueLayout.JAVA_LONG, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void publishingRenamesWhatIsMapped() throws IOException {
    Path target = folder.resolve("file");
    for (Durability durability : Durability.values()) {
      Path other = folder.resolve(durability.name());
      try (Arena arena = Arena.ofConfined();
          MetadataWriter out = MetadataWriter.create(target, false)) {
        out.fixed64(42);
        try (Metadata metadata = out.finish(arena)) {
          metadata.publish(other, durability);
          assertThat(metadata.path()).isEqualTo(other);
          assertThat(metadata.bytes().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(42);
          assertThatThrownBy(() -> metadata.publish(durability))
              .isInstanceOf(IllegalStateException.class);
        }
      }
      assertThat(other).hasSize(8);
      Files.delete(other);
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aPublicationThatFailsMayBeTriedAgainUnderAnotherName() throws IOException {
    Path target = folder.resolve("file");
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(target, false)) {
      out.fixed64(42);
      try (Metadata metadata = out.finish(arena)) {
        Files.writeString(target, "old");
        assertThatThrownBy(() -> metadata.publish(Durability.FAST))
            .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> metadata.publish(folder.resolve("no/file"), Durability.FAST))
            .isInstanceOf(NoSuchFileException.class);
        assertThat(metadata.path()).exists();
        metadata.publish(folder.resolve("other"), Durability.FAST);
      }
    }
    assertThat(target).hasContent("old");
    assertThat(Bytes.names(folder)).containsExactly("file", "other");
  }

  @Test
  void anEmptyStreamIsAStreamToo() throws IOException {
    try (Arena arena = Arena.ofConfined();
        MetadataWriter out = MetadataWriter.create(folder.resolve("file"), false);
        Metadata metadata = out.finish(arena)) {
      assertThat(metadata.bytes().byteSize()).isZero();
    }
  }
}
