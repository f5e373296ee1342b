package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One builds, the others wait: among threads, stores and processes. */
@EitherWay
@Timeout(120)
class SingleFlightTest {
  @TempDir Path folder;

  private StoreConfig config() {
    return StoreConfig.in(folder.resolve("s"));
  }

  @Test
  void ofManyThreadsAndTwoStoresOneBuilds() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (Store one = Store.open(config());
        Store two = Store.open(config());
        ExecutorService threads = Executors.newCachedThreadPool()) {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Store store = i % 2 == 0 ? one : two;
        Callable<Boolean> call =
            () -> {
              start.await();
              try (Hit hit = store.getOrBuild(Entries.key(1), counted(runs))) {
                Entries.requireRight(hit, 1);
                return hit.isStored();
              }
            };
        all.add(threads.submit(call));
      }
      start.countDown();
      for (Future<Boolean> each : all) {
        assertThat(each.get()).isTrue();
      }
    }
    assertThat(runs).hasValue(1);
  }

  private static Builder<RuntimeException> counted(AtomicInteger runs) {
    return (fields, draft) -> {
      runs.incrementAndGet();
      Entries.build(fields, draft);
    };
  }

  @Test
  void whenABuilderThrowsTheNextInTheQueueBuilds() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Store store = Store.open(config());
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<?> first =
          threads.submit(() ->
              store.<InterruptedException>getOrBuild(
                  Entries.key(1),
                  (_, _) -> {
                    inside.countDown();
                    go.await();
                    throw new IOException("broken");
                  }));
      inside.await();
      Future<Hit> second = threads.submit(() -> store.getOrBuild(Entries.key(1), counted(runs)));
      go.countDown();
      assertThatThrownBy(first::get).hasRootCauseMessage("broken");
      second.get().close();
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void whoHasWaitedLongEnoughBuildsForHimselfAndTheFirstOneWins() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    StoreConfig impatient = config().withBuildTimeout(Duration.ofMillis(1));
    try (Store store = Store.open(impatient);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<Hit> first =
          threads.submit(() ->
              store.<InterruptedException>getOrBuild(
                  Entries.key(1),
                  (fields, draft) -> {
                    inside.countDown();
                    go.await();
                    Entries.build(fields, draft);
                  }));
      inside.await();
      try (Hit second = store.getOrBuild(Entries.key(1), counted(runs))) {
        Entries.requireRight(second, 1);
        assertThat(second.isStored()).isTrue();
      }
      assertThat(runs).hasValue(1);
      byte[] manifest = Files.readAllBytes(Entries.folder(config(), 1).resolve("manifest"));
      Object inode = inode();
      go.countDown();
      try (Hit late = first.get()) {
        Entries.requireRight(late, 1);
        assertThat(late.isStored()).isTrue();
      }
      assertThat(inode()).as("the first one stays").isEqualTo(inode);
      assertThat(Entries.folder(config(), 1).resolve("manifest")).hasBinaryContent(manifest);
      assertThat(Bytes.names(folder.resolve("s/v1/work"))).isEmpty();
    }
  }

  private Object inode() throws IOException {
    return Files.getAttribute(Entries.folder(config(), 1), "unix:ino");
  }

  @Test
  void aBuilderThatWaitsForItselfIsTold() throws IOException {
    try (Store store = Store.open(config())) {
      assertThatThrownBy(() ->
              store.getOrBuild(
                  Entries.key(1),
                  (_, _) -> store.getOrBuild(Entries.key(1), Entries::build).close()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("what it builds itself");
      store
          .getOrBuild(
              Entries.key(1),
              (fields, draft) -> {
                store.getOrBuild(Entries.key(2), Entries::build).close();
                Entries.build(fields, draft);
              })
          .close();
      Entries.requireHit(store, 1);
      Entries.requireHit(store, 2);
    }
  }

  @Test
  void whoIsInterruptedWhileHeWaitsIsToldAndTheStoreGoesOn() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Store store = Store.open(config());
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<Hit> first =
          threads.submit(() ->
              store.<InterruptedException>getOrBuild(
                  Entries.key(1),
                  (fields, draft) -> {
                    inside.countDown();
                    go.await();
                    Entries.build(fields, draft);
                  }));
      inside.await();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> store.getOrBuild(Entries.key(1), Entries::build))
          .isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      go.countDown();
      first.get().close();
      Entries.requireHit(store, 1);
    }
  }

  @Test
  void ofManyProcessesOneBuilds() throws Exception {
    Path runs = Files.createFile(folder.resolve("runs"));
    List<Process> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(start("build", runs));
    }
    for (Process process : all) {
      assertThat(process.waitFor()).isZero();
    }
    assertThat(Files.size(runs)).isEqualTo(1);
  }

  @Test
  void aDeadBuildersLockIsTakenOverAtOnce() throws Exception {
    Process builder = start("hang", folder.resolve("runs"));
    try (BufferedReader out = builder.inputReader(StandardCharsets.UTF_8);
        // Its patience would outlast the test.
        Store store = Store.open(config().withBuildTimeout(Duration.ofHours(1)))) {
      assertThat(out.readLine()).isEqualTo("building");
      AtomicInteger runs = new AtomicInteger();
      try (ExecutorService threads = Executors.newCachedThreadPool()) {
        Future<Hit> next = threads.submit(() -> store.getOrBuild(Entries.key(1), counted(runs)));
        assertThat(runs).hasValue(0);
        builder.destroyForcibly().waitFor();
        next.get().close();
      }
      assertThat(runs).hasValue(1);
      Entries.requireHit(store, 1);
      assertThat(Bytes.names(folder.resolve("s/v1/work"))).hasSize(1);
      LockFile locks = store.folder().locks();
      assertThat(Session.collectRemains(store.folder().layout(), locks)).isEqualTo(1);
    } finally {
      builder.destroyForcibly();
    }
  }

  /** With POSIX locks, which the JDK has, closing the file anywhere gives up all of them. */
  @Test
  void anotherChannelOnTheLockFileTakesNoLockAwayWithNativeAccessAndNothingRightWithout()
      throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Path childRuns = Files.createFile(folder.resolve("runs"));
    try (Store store = Store.open(config())) {
      Builder<InterruptedException> builder =
          (fields, draft) -> {
            counted(runs).build(fields, draft);
            FileChannel.open(folder.resolve("s/v1/locks"), StandardOpenOption.WRITE).close();
            // An impatient one: it builds for itself if it finds the lock taken.
            Process child = start("impatient", childRuns);
            assertThat(child.waitFor()).isZero();
          };
      try (Hit hit = store.getOrBuild(Entries.key(1), builder)) {
        Entries.requireRight(hit, 1);
        assertThat(hit.isStored()).isTrue();
      }
    }
    assertThat(Files.readString(childRuns)).isEqualTo(NativeWay.isTaken() ? "timed out" : "built");
  }

  private Process start(String what, Path runs) throws IOException {
    List<String> command =
        Run.javaCommand(
            NativeWay.options(),
            Child.class,
            what,
            folder.resolve("s").toString(),
            runs.toString());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Another process. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      StoreConfig config = StoreConfig.in(Path.of(arguments[1]));
      Path runs = Path.of(arguments[2]);
      switch (arguments[0]) {
        case "build" -> {
          try (Store store = Store.open(config);
              Hit hit = store.getOrBuild(Entries.key(1), recorded(runs, "x"))) {
            Entries.requireRight(hit, 1);
          }
        }
        case "hang" -> {
          try (Store store = Store.open(config)) {
            store.<InterruptedException>getOrBuild(
                Entries.key(1),
                (fields, draft) -> {
                  Entries.build(fields, draft);
                  System.out.println("building");
                  Thread.sleep(Duration.ofHours(1));
                });
          }
        }
        case "impatient" -> {
          try (Store store = Store.open(config)) {
            LockFile locks = store.folder().locks();
            boolean free = locks.tryLock(LockFile.ofBuild(Entries.key(1).place())).isPresent();
            Files.writeString(runs, free ? "built" : "timed out");
          }
        }
        default -> throw new AssertionError(arguments[0]);
      }
    }

    private static Builder<RuntimeException> recorded(Path runs, String word) {
      return (fields, draft) -> {
        Files.writeString(runs, word, StandardOpenOption.APPEND);
        Entries.build(fields, draft);
      };
    }
  }
}
