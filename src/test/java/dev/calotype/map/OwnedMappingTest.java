package dev.calotype.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.FileChangedException;
import dev.calotype.map.OwnedMapping.Access;
import dev.calotype.testing.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OwnedMappingTest {
  private static final int SIZE = 100_000;

  @TempDir Path folder;

  @Test
  void windowsAreDisjointAndTogetherTheFile() throws IOException {
    byte[] all = file();
    try (OwnedMapping rest = open()) {
      long at = 0;
      for (long length : new long[] {0, 1, 4096, 4095, 4097, 64, 50_000}) {
        try (OwnedMapping window = rest.drain(length)) {
          assertThat(window.position()).isEqualTo(at);
          assertThat(window.size()).isEqualTo(length);
          assertThat(bytes(window)).isEqualTo(slice(all, at, length));
          assertThat(window.bytes()).isSameAs(window.bytes());
        }
        at += length;
        assertThat(rest.position()).isEqualTo(at);
        assertThat(rest.size()).isEqualTo(SIZE - at);
      }
      assertThat(bytes(rest)).isEqualTo(slice(all, at, SIZE - at));
    }
  }

  @Test
  void closingAWindowEndsItsBytesAndNobodyElses() throws IOException {
    byte[] all = file();
    OwnedMapping rest = open();
    OwnedMapping first = rest.drain(5000);
    OwnedMapping second = rest.drain(5000);
    MemorySegment firstBytes = first.bytes();
    MemorySegment restBytes = rest.bytes();
    first.close();
    assertThatThrownBy(() -> firstBytes.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(first::bytes).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> first.drain(1)).isInstanceOf(IllegalStateException.class);
    rest.close();
    assertThatThrownBy(() -> restBytes.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
    // The last one still maps from the file, and so had kept it open.
    assertThat(bytes(second)).isEqualTo(slice(all, 5000, 5000));
    second.close();
    second.close();
  }

  @Test
  void theFileIsClosedWithTheLastWindow() throws IOException {
    file();
    OpenFile file = OpenFile.open(path());
    OwnedMapping rest = OwnedMapping.of(file);
    OwnedMapping first = rest.drain(10);
    rest.close();
    rest.close();
    file.requireWhole();
    first.close();
    assertThatThrownBy(file::requireWhole).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thePagesOfAWindowGoWithItAndTheLastOnesWithTheLast() throws IOException {
    file();
    OwnedMapping rest = open();
    OwnedMapping first = rest.drain(8192);
    assertThat(mappedBytes()).isZero();
    read(first);
    assertThat(mappedBytes()).isEqualTo(8192);
    read(rest);
    long restPages = pages(SIZE) - 8192;
    assertThat(mappedBytes()).isEqualTo(8192 + restPages);
    first.close();
    assertThat(mappedBytes()).isEqualTo(restPages);
    // What was mapped is cut: its old mapping goes, and nothing is mapped until it is asked for.
    OwnedMapping second = rest.drain(4096);
    assertThat(mappedBytes()).isZero();
    read(second);
    assertThat(mappedBytes()).isEqualTo(4096);
    rest.close();
    second.close();
    assertThat(mappedBytes()).isZero();
  }

  @Test
  void aSegmentFromBeforeACutIsDead() throws IOException {
    byte[] all = file();
    try (OwnedMapping rest = open()) {
      MemorySegment before = rest.bytes();
      try (OwnedMapping first = rest.drain(10)) {
        assertThatThrownBy(() -> before.get(ValueLayout.JAVA_BYTE, 20))
            .isInstanceOf(IllegalStateException.class);
        assertThat(bytes(first)).isEqualTo(slice(all, 0, 10));
        assertThat(bytes(rest)).isEqualTo(slice(all, 10, SIZE - 10));
      }
    }
  }

  @Test
  void aPrivateWindowIsWrittenToAndNobodyElseSeesIt() throws IOException {
    byte[] all = file();
    try (OwnedMapping rest = OwnedMapping.of(OpenFile.openForPrivate(path()));
        OwnedMapping writable = rest.drain(5000, Access.PRIVATE);
        OwnedMapping readable = rest.drain(5000)) {
      assertThat(readable.access()).isEqualTo(Access.READ_ONLY);
      writable.bytes().fill((byte) 7);
      assertThat(writable.bytes().get(ValueLayout.JAVA_BYTE, 4999)).isEqualTo((byte) 7);
      // They meet inside a page.
      assertThat(bytes(readable)).isEqualTo(slice(all, 5000, 5000));
      assertThatThrownBy(() -> readable.bytes().fill((byte) 1))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(Files.readAllBytes(path())).isEqualTo(all);
      assertThatThrownBy(() -> writable.drain(1)).isInstanceOf(IllegalStateException.class);
      assertThat(writable.bytes().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
    }
    assertThat(Files.readAllBytes(path())).isEqualTo(all);
  }

  @Test
  void aPrivateWindowNeedsAFileOpenedForIt() throws IOException {
    file();
    try (OpenFile file = OpenFile.open(path())) {
      assertThatThrownBy(() -> OwnedMapping.of(file, Access.PRIVATE))
          .isInstanceOf(IllegalArgumentException.class);
      try (OwnedMapping rest = OwnedMapping.of(file)) {
        assertThatThrownBy(() -> rest.drain(1, Access.PRIVATE))
            .isInstanceOf(IllegalArgumentException.class);
        assertThat(rest.size()).isEqualTo(SIZE);
      }
    }
  }

  @Test
  void moreBytesThanThereAreCanNotBeCutOff() throws IOException {
    file();
    try (OwnedMapping rest = open();
        OwnedMapping first = rest.drain(60_000)) {
      for (long length : new long[] {-1, 40_001, Long.MAX_VALUE, Long.MIN_VALUE}) {
        assertThatThrownBy(() -> rest.drain(length)).isInstanceOf(EOFException.class);
      }
      assertThatThrownBy(() -> first.drain(60_001)).isInstanceOf(EOFException.class);
      assertThat(rest.size()).isEqualTo(40_000);
    }
  }

  @Test
  void aFileThatShrankIsNeitherReadFromNorMadeLongerAgain() throws IOException {
    file();
    try (OwnedMapping rest = OwnedMapping.of(OpenFile.openForPrivate(path()));
        OwnedMapping first = rest.drain(50_000)) {
      first.bytes();
      try (FileChannel channel = FileChannel.open(path(), StandardOpenOption.WRITE)) {
        channel.truncate(100);
      }
      assertThatThrownBy(() -> first.whileWhole(() -> "an answer"))
          .isInstanceOf(FileChangedException.class);
      assertThatThrownBy(rest::bytes).isInstanceOf(FileChangedException.class);
    }
    assertThat(path()).hasSize(100);
  }

  @Test
  void threadsThatCutAndReadAndCloseDoNotMeet() throws Exception {
    byte[] all = file();
    List<long[]> cuts = new ArrayList<>();
    try (OwnedMapping rest = open();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Callable<List<long[]>> work =
          () -> {
            List<long[]> mine = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
              try (OwnedMapping window = rest.drain(100)) {
                assertThat(bytes(window)).isEqualTo(slice(all, window.position(), 100));
                mine.add(new long[] {window.position(), window.size()});
              }
            }
            return mine;
          };
      for (Future<List<long[]>> done : threads.invokeAll(List.of(work, work, work, work))) {
        cuts.addAll(done.get());
      }
      assertThat(rest.position()).isEqualTo(40_000);
    }
    cuts.sort(Comparator.comparingLong(cut -> cut[0]));
    for (int i = 0; i < cuts.size(); i++) {
      assertThat(cuts.get(i)).containsExactly(100L * i, 100);
    }
  }

  @Test
  void aWindowClosedUnderItsReaderEndsTheReadInAnException() throws Exception {
    byte[] all = file();
    OwnedMapping window = open();
    MemorySegment bytes = window.bytes();
    CountDownLatch reading = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<?> reader =
          threads.submit(() -> {
            for (int at = 0; ; at = (at + 1) % SIZE) {
              if (bytes.get(ValueLayout.JAVA_BYTE, at) != all[at]) {
                throw new AssertionError("another byte at " + at);
              }
              reading.countDown();
            }
          });
      reading.await();
      window.close();
      assertThatThrownBy(reader::get).hasCauseInstanceOf(IllegalStateException.class);
    }
  }

  private byte[] file() {
    byte[] bytes = Bytes.random(SIZE, 1);
    Bytes.write(path(), bytes);
    return bytes;
  }

  private Path path() {
    return folder.resolve("artifact");
  }

  private OwnedMapping open() throws IOException {
    return OwnedMapping.of(OpenFile.open(path()));
  }

  private static void read(OwnedMapping window) throws IOException {
    assertThat(bytes(window)).hasSize((int) window.size());
  }

  private static byte[] bytes(OwnedMapping window) throws IOException {
    return window.bytes().toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] slice(byte[] all, long position, long length) {
    return MemorySegment.ofArray(all).asSlice(position, length).toArray(ValueLayout.JAVA_BYTE);
  }

  private static long pages(long size) {
    return (size + 4095) / 4096 * 4096;
  }

  /** How many bytes of the artifact this process has mapped. */
  private long mappedBytes() throws IOException {
    long sum = 0;
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      if (line.endsWith(path().toRealPath().toString())) {
        String[] range = line.substring(0, line.indexOf(' ')).split("-", -1);
        sum += Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16);
      }
    }
    return sum;
  }
}
