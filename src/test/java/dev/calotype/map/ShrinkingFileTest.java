package dev.calotype.map;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.FileChangedException;
import dev.calotype.map.OpenFileTest.Way;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mapped bytes that go away while compiled code reads them. */
@EitherWay
class ShrinkingFileTest {
  @TempDir Path folder;

  /** With native access, that of native calls. */
  private static Way way() {
    return NativeWay.isTaken() ? Way.QUICKLY : Way.OPEN;
  }

  @Test
  void aHotReadOfAShrinkingMappingEndsInAnExceptionAndNeverInAnAnswer() {
    int count = Tools.count(4, 20);
    Run run =
        Run.java(
                NativeWay.options(),
                ShrinkWhileReading.class,
                folder.toString(),
                way().name(),
                Integer.toString(count))
            .succeeded();
    assertThat(run.out()).isEqualTo("noticed %d of %d\n".formatted(count, count));
  }

  /** Shrinks a file under code that C2 has compiled. Its own JVM: a wrong step would kill it. */
  static final class ShrinkWhileReading {
    private static final long SIZE = 1 << 20;

    private ShrinkWhileReading() {}

    public static void main(String[] arguments) throws IOException {
      Path path = Path.of(arguments[0]).resolve("shrinking");
      Way way = Way.valueOf(arguments[1]);
      int count = Integer.parseInt(arguments[2]);
      int noticed = 0;
      for (int round = 0; round < count; round++) {
        Files.write(path, Bytes.random((int) SIZE, round));
        try (Arena arena = Arena.ofConfined();
            OpenFile file = way.open(path)) {
          MemorySegment bytes = file.map(arena);
          long sum = sum(bytes);
          for (int i = 0; i < 40; i++) {
            if (file.whileWhole(() -> sum(bytes)) != sum) {
              throw new AssertionError("another sum of the same bytes");
            }
          }
          try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(8192);
          }
          try {
            long wrong = file.whileWhole(() -> sum(bytes));
            throw new AssertionError("an answer: " + wrong);
          } catch (FileChangedException e) {
            noticed++;
          }
        }
      }
      System.out.println("noticed %d of %d".formatted(noticed, count));
    }

    private static long sum(MemorySegment bytes) {
      long sum = 0;
      for (long at = 0; at < bytes.byteSize(); at += 8) {
        sum += bytes.get(ValueLayout.JAVA_LONG, at);
      }
      return sum;
    }
  }
}
