package dev.calotype.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.NativeOnly;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NativeOnly
class DescriptorTest {
  private static final int SIZE = 1 << 18;

  @TempDir Path folder;

  @Test
  void onlyRegularFilesAreOpenedAndNothingWaits() throws IOException {
    Path pipe = folder.resolve("pipe");
    Run.of(Tools.require("mkfifo"), pipe.toString()).succeeded();
    for (Path none : new Path[] {pipe, folder, folder.resolve("none"), Path.of("/dev/null")}) {
      assertThat(Descriptor.open(none, FileStat.ofThread())).as(none.toString()).isEmpty();
    }
    Path file = Files.write(folder.resolve("file"), new byte[5]);
    FileStat stat = FileStat.ofThread();
    try (Descriptor open = Descriptor.open(file, stat).orElseThrow()) {
      assertThat(stat.size()).isEqualTo(5);
      assertThat(Path.of("/proc/self/fd/" + open.number()).toRealPath())
          .isEqualTo(file.toRealPath());
    }
  }

  @Test
  void readsEndWhereTheFileEnds() throws IOException {
    byte[] all = Bytes.random(200_000, 1);
    Path file = Files.write(folder.resolve("file"), all);
    try (Descriptor open = Descriptor.open(file, FileStat.ofThread()).orElseThrow()) {
      byte[] read = new byte[200_010];
      assertThat(open.read(0, read, 5, 200_005)).isEqualTo(200_000);
      assertThat(read).startsWith(0, 0, 0, 0, 0, all[0]).endsWith(all[199_999], 0, 0, 0, 0, 0);
      assertThat(open.read(200_000, read, 0, 1)).isZero();
    }
  }

  /** A number is given to the next file that is opened, so it may not be closed under a reader. */
  @Test
  void closingUnderAReaderNeverMakesItReadAnotherFile() throws Exception {
    Path ours = Files.write(folder.resolve("ours"), new byte[SIZE]);
    byte[] ones = new byte[SIZE];
    Arrays.fill(ones, (byte) 1);
    Path other = Files.write(folder.resolve("other"), ones);
    try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
      for (int round = 0; round < Tools.count(300, 20_000); round++) {
        Descriptor open = Descriptor.open(ours, FileStat.ofThread()).orElseThrow();
        Future<Boolean> sawOther = reader.submit(() -> seesOnes(open));
        open.close();
        try (Descriptor next = Descriptor.open(other, FileStat.ofThread()).orElseThrow()) {
          assertThat(result(sawOther)).as("round %d, number %d", round, next.number()).isFalse();
        }
      }
    }
  }

  private static boolean result(Future<Boolean> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean seesOnes(Descriptor open) throws IOException {
    byte[] read = new byte[SIZE];
    try {
      while (true) {
        int got = open.read(0, read, 0, SIZE);
        for (int i = 0; i < got; i++) {
          if (read[i] != 0) {
            return true;
          }
        }
      }
    } catch (ClosedChannelException e) {
      return false;
    }
  }
}
