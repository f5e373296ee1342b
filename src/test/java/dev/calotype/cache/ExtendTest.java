package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.RefusedException;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One builds a file for an entry, the others wait and have it. */
@EitherWay
@Timeout(120)
class ExtendTest {
  static final String MORE = "more.txt";

  @TempDir Path folder;
  private final AtomicInteger runs = new AtomicInteger();
  private StoreConfig config = StoreConfig.standard();

  @BeforeEach
  void makeEntry() throws IOException {
    config = StoreConfig.in(folder.resolve("s"));
    Entries.make(config, 1);
  }

  @Test
  void ofManyThreadsAndTwoStoresOneBuildsTheFileAndAllHaveIt() throws Exception {
    try (Store one = Store.open(config);
        Store two = Store.open(config);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<String>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Store store = i % 2 == 0 ? one : two;
        Callable<String> call =
            () -> {
              start.await();
              return textAfter(store.extend(Entries.key(1), MORE, text("more")));
            };
        all.add(threads.submit(call));
      }
      start.countDown();
      for (Future<String> each : all) {
        assertThat(each.get()).isEqualTo("stored more");
      }
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void whoWaitsHasWhatTheOtherBuiltAndDoesNotBuild() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Store store = Store.open(config);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<String> first = threads.submit(() -> textAfter(held(store, inside, go)));
      inside.await();
      Future<String> second =
          threads.submit(() -> textAfter(store.extend(Entries.key(1), MORE, text("second"))));
      // Another file of the same entry waits for nobody.
      try (Lookup other = store.extend(Entries.key(1), "other.txt", text("other", "other.txt"))) {
        assertThat(((Hit) other).names()).contains("other.txt").doesNotContain(MORE);
      }
      go.countDown();
      assertThat(first.get()).isEqualTo("stored first");
      assertThat(second.get()).isEqualTo("stored first");
    }
    assertThat(runs).as("the first, and that of the other file").hasValue(2);
  }

  @Test
  void whoHasWaitedLongEnoughBuildsForHimselfAndTheFirstOneStays() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Store store = Store.open(config.withBuildTimeout(Duration.ofMillis(1)));
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Future<String> first = threads.submit(() -> textAfter(held(store, inside, go)));
      inside.await();
      assertThat(textAfter(store.extend(Entries.key(1), MORE, text("second"))))
          .isEqualTo("stored second");
      go.countDown();
      assertThat(first.get()).isEqualTo("stored second");
    }
    assertThat(runs).hasValue(2);
    assertThat(Bytes.names(folder.resolve("s/v1/work"))).isEmpty();
  }

  @Test
  void aFileThatIsThereIsNotBuiltAgain() throws IOException {
    try (Store store = Store.open(config)) {
      assertThat(textAfter(store.extend(Entries.key(1), MORE, text("once"))))
          .isEqualTo("stored once");
      assertThat(textAfter(store.extend(Entries.key(1), MORE, text("twice"))))
          .isEqualTo("stored once");
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void aBuilderThatWritesAnotherFileIsRefusedAndLeavesNothing() throws IOException {
    try (Store store = Store.open(config)) {
      assertThatThrownBy(() -> store.extend(Entries.key(1), MORE, text("more", "other.txt")))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining(MORE);
      try (Lookup lookup = store.get(Entries.key(1))) {
        assertThat(((Hit) lookup).names()).doesNotContain(MORE, "other.txt");
      }
    }
    assertThat(Bytes.names(folder.resolve("s/v1/work"))).isEmpty();
  }

  @Test
  void onAFullDiskWhoBuiltTheFileHasItAndTheEntryStaysAsItWas() throws IOException {
    for (int when : new int[] {1, 2}) { // The file appears, then the manifest.
      List<String> command = new ArrayList<>(List.of(Tools.require("strace"), "-f", "-qq"));
      command.addAll(List.of("-o", "/dev/null", "-e", "trace=rename"));
      command.addAll(List.of("-e", "inject=rename:error=ENOSPC:when=" + when));
      command.addAll(Run.javaCommand(NativeWay.options(), Child.class, config.folder().toString()));
      assertThat(Run.of(Map.of(), command).succeeded().out()).isEqualTo("not stored more\n");
      try (Store store = Store.open(config);
          Lookup lookup = store.get(Entries.key(1))) {
        assertThat(((Hit) lookup).names()).doesNotContain(MORE);
      }
      assertThat(Bytes.names(folder.resolve("s/v1/work"))).isEmpty();
    }
  }

  private Lookup held(Store store, CountDownLatch inside, CountDownLatch go) throws Exception {
    return store.<Exception>extend(
        Entries.key(1),
        MORE,
        (fields, draft) -> {
          inside.countDown();
          go.await();
          text("first").build(fields, draft);
        });
  }

  private Builder<RuntimeException> text(String text) {
    return text(text, MORE);
  }

  private Builder<RuntimeException> text(String text, String name) {
    return (_, draft) -> {
      runs.incrementAndGet();
      Files.writeString(draft.file(name), text);
    };
  }

  /** What the entry's new file says, and whether it is kept. */
  static String text(Lookup extended) throws IOException {
    Hit hit = (Hit) extended;
    Entries.requireRight(hit, 1);
    byte[] text = new byte[(int) hit.file(MORE).size()];
    hit.file(MORE).readFully(0, text, 0, text.length);
    return (hit.isStored() ? "stored " : "not stored ") + new String(text, StandardCharsets.UTF_8);
  }

  private static String textAfter(Lookup extended) throws IOException {
    try (extended) {
      return text(extended);
    }
  }

  /** Another process. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws IOException {
      StoreConfig config = StoreConfig.in(Path.of(arguments[0])).withBackgroundWork(false);
      try (Store store = Store.open(config);
          Lookup extended =
              store.extend(
                  Entries.key(1),
                  MORE,
                  (_, draft) -> Files.writeString(draft.file(MORE), "more"))) {
        System.out.println(text(extended));
      }
    }
  }
}
