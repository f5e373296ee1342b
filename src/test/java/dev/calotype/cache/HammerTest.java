package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Durability;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.EitherWay;
import dev.calotype.testing.NativeWay;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight processes of four threads that look up, build, add to, evict and clear a thousand entries
 * for a while: ten seconds, half an hour in {@code soak}. Every byte that is served is compared
 * with what its key says, also after its entry was evicted, and no builder runs that need not.
 */
@EitherWay
class HammerTest {
  private static final int PROCESSES = 8;
  private static final int THREADS = 4;
  private static final int KEYS = 1000;
  private static final int LEAST = 200;

  @TempDir Path folder;

  @Test
  void nothingWrongIsEverServedAndNothingIsBuiltTwice() throws Exception {
    Path store = folder.resolve("s");
    int seconds = Tools.count(8, 1800);
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      List<String> options = new ArrayList<>(NativeWay.options());
      options.add("-Xmx128m");
      List<String> command =
          Run.javaCommand(options, Child.class, store.toString(), seconds + "", i + "");
      ProcessBuilder builder = new ProcessBuilder(command);
      processes.add(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }
    long[] sums = new long[Counts.NAMES.size()];
    for (Process process : processes) {
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(out).isZero();
      String[] numbers = out.strip().split(" ", -1);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += Long.parseLong(numbers[i]);
      }
    }
    System.out.printf("hammer, %d s: %s%n", seconds, Counts.words(sums));
    StoreConfig config = StoreConfig.in(store);
    long[] left = new long[1];
    try (Store open = Store.open(config)) {
      for (int number = 0; number < KEYS; number++) {
        try (Lookup lookup = open.get(Entries.key(number))) {
          if (lookup instanceof Hit hit) {
            Entries.requireRight(hit, number);
            left[0]++;
          }
        }
      }
    }
    // What was built and not evicted is there: so nothing was lost, and nothing built in vain.
    assertThat(sums[Counts.BUILT] - sums[Counts.EVICTED]).as("%s", left[0]).isEqualTo(left[0]);
    assertThat(sums[Counts.HITS]).isPositive();
    assertThat(sums[Counts.EVICTED]).isPositive();
    assertThat(sums[Counts.EXTENDED]).isPositive();
    assertThat(Bytes.names(store.resolve("v1/work"))).isEmpty();
    assertThat(Bytes.names(store.resolve("v1/quarantine"))).isEmpty();
  }

  /** What a process counts. */
  private static final class Counts {
    static final List<String> NAMES = List.of("built", "evicted", "hits", "misses", "extended");
    static final int BUILT = 0;
    static final int EVICTED = 1;
    static final int HITS = 2;
    static final int MISSES = 3;
    static final int EXTENDED = 4;

    private final LongAdder[] counts = new LongAdder[NAMES.size()];

    Counts() {
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    void add(int which, long more) {
      counts[which].add(more);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      for (LongAdder count : counts) {
        text.append(count.sum()).append(' ');
      }
      return text.toString();
    }

    static String words(long[] sums) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < sums.length; i++) {
        text.append(sums[i]).append(' ').append(NAMES.get(i)).append(' ');
      }
      return text.toString().strip();
    }
  }

  /** One of the processes. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      int number = Integer.parseInt(arguments[2]);
      StoreConfig config =
          StoreConfig.in(Path.of(arguments[0]))
              .withDurability(number == 0 ? Durability.DURABLE : Durability.FAST);
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[1]));
      Counts counts = new Counts();
      try (Store store = Store.open(config);
          ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
          SplittableRandom random = new SplittableRandom(number * 100L + i);
          all.add(
              threads.submit(() -> {
                hammer(store, random, end, counts);
                return null;
              }));
        }
        for (Future<?> each : all) {
          each.get();
        }
      }
      System.out.println(counts);
    }

    private static void hammer(Store store, SplittableRandom random, long end, Counts counts)
        throws IOException {
      Deque<Held> held = new ArrayDeque<>();
      // On a machine with other work, a while may be only a few.
      for (int i = 0; i < LEAST || System.nanoTime() < end; i++) {
        // The square makes some keys hot.
        int key = (int) (KEYS * random.nextDouble() * random.nextDouble());
        int what = random.nextInt(10_000);
        if (what < 5000) {
          switch (store.get(Entries.key(key))) {
            case Hit hit -> hold(held, hit, key, counts);
            case Miss miss -> {
              counts.add(Counts.MISSES, 1);
              if (miss.reason() != Miss.Reason.ABSENT) {
                throw new AssertionError(miss.toString());
              }
            }
          }
        } else if (what < 8500) {
          Hit hit =
              store.getOrBuild(
                  Entries.key(key),
                  (fields, draft) -> {
                    counts.add(Counts.BUILT, 1);
                    Entries.build(fields, draft);
                  });
          if (!hit.isStored()) {
            throw new AssertionError("not stored");
          }
          hold(held, hit, key, counts);
        } else if (what < 9998) {
          if (what < 9000) {
            extend(store, key, counts);
          } else {
            counts.add(Counts.EVICTED, store.evict(Entries.key(key)) ? 1 : 0);
          }
        } else if (random.nextInt(20) == 0) {
          counts.add(Counts.EVICTED, store.clear());
        }
      }
      for (Held one : held) {
        one.close();
      }
    }

    private static void extend(Store store, int key, Counts counts) throws IOException {
      try (Lookup extended =
          store.extend(
              Entries.key(key),
              "more.txt",
              (_, draft) -> Files.writeString(draft.file("more.txt"), "more of " + key))) {
        if (extended instanceof Hit hit) {
          counts.add(Counts.EXTENDED, 1);
          Entries.requireRight(hit, key);
        }
      }
    }

    private static void hold(Deque<Held> held, Hit hit, int key, Counts counts) throws IOException {
      counts.add(Counts.HITS, 1);
      Entries.requireRight(hit, key);
      held.add(new Held(hit, key));
      if (held.size() > 8) {
        held.remove().close();
      }
    }

    /** A hit that is looked at again when its entry may be gone long since. */
    private record Held(Hit hit, int key) {
      void close() throws IOException {
        Entries.requireRight(hit, key);
        if (hit.names().contains("more.txt")) {
          byte[] bytes = new byte[("more of " + key).length()];
          hit.file("more.txt").readFully(0, bytes, 0, bytes.length);
          if (!new String(bytes, StandardCharsets.US_ASCII).equals("more of " + key)) {
            throw new AssertionError("wrong addition to " + key);
          }
        }
        hit.close();
      }
    }
  }
}
