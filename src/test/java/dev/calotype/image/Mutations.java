package dev.calotype.image;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Damages files in every way and visits what is left, in a child JVM with a small heap: a table
 * that is believed fills it. Prints one line of counts.
 */
final class Mutations {
  /** Larger files are sampled. */
  private static final int LARGE = 64 << 10;

  private final String format;
  private long inputs;
  private long answered;
  private long rejected;
  private long cut;
  private long slowestNanos;
  private String slowest = "";

  private Mutations(String format) {
    this.format = format;
  }

  /** The format's name, how many mutations, how far apart places are flipped, and the files. */
  public static void main(String... arguments) throws IOException {
    Mutations mutations = new Mutations(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    int stride = Integer.parseInt(arguments[2]);
    int files = arguments.length - 3;
    for (int i = 0; i < files; i++) {
      Path file = Path.of(arguments[i + 3]);
      byte[] bytes = Files.readAllBytes(file);
      String name = file.getFileName().toString();
      mutations.prefixes(bytes, name, stride);
      mutations.flips(bytes, name, stride);
      mutations.mutants(bytes, name, (count + files - 1) / files);
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %d files, %d inputs, %d answered in full, %d with declared exceptions, 0 with others,"
            + " %d longer than asked, slowest %.1f ms (%s)%n",
        mutations.format,
        files,
        mutations.inputs,
        mutations.answered,
        mutations.rejected,
        mutations.cut,
        mutations.slowestNanos / 1e6,
        mutations.slowest);
  }

  private void prefixes(byte[] bytes, String name, int stride) {
    int step = step(bytes, stride);
    for (int length = 0; length < bytes.length; length += length < 512 ? 1 : step) {
      visit(Arrays.copyOf(bytes, length), "%s, first %d bytes".formatted(name, length));
    }
  }

  private void flips(byte[] bytes, String name, int stride) {
    int step = step(bytes, stride);
    for (int at = 0; at < bytes.length; at += at < 512 ? 1 : step) {
      for (int mask : stride == 1 ? new int[] {0xff, 0x01, 0x80} : new int[] {0xff}) {
        bytes[at] ^= (byte) mask;
        visit(bytes, "%s, byte %d flipped by 0x%x".formatted(name, at, mask));
        bytes[at] ^= (byte) mask;
      }
    }
  }

  private static int step(byte[] bytes, int stride) {
    return bytes.length <= LARGE ? stride : stride * (bytes.length / (LARGE / 8));
  }

  private void mutants(byte[] bytes, String name, int count) {
    for (int seed = 0; seed < count; seed++) {
      visit(mutant(bytes, seed), "%s, seed %d".formatted(name, seed));
    }
  }

  /** One to four changes that lie about sizes, counts and places. */
  static byte[] mutant(byte[] bytes, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ByteBuffer changed = ByteBuffer.wrap(bytes.clone());
    for (int left = random.nextInt(1, 5); left > 0; left--) {
      changed.order(random.nextInt(4) == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      int at = place(bytes.length, random);
      long value = value(bytes.length, random);
      int room = bytes.length - at;
      switch (random.nextInt(6)) {
        case 0 -> changed.put(at, (byte) value);
        case 1 -> changed.putShort(Math.min(at & -2, bytes.length - 2), (short) value);
        case 2, 3 -> changed.putInt(Math.min(at & -4, bytes.length - 4), (int) value);
        case 4 -> changed.putLong(Math.min(at & -8, bytes.length - 8), value);
        default -> {
          int size = Math.min(random.nextInt(1, 64), room);
          int from = random.nextInt(bytes.length - size + 1);
          changed.put(at, bytes, from, size);
        }
      }
    }
    byte[] result = changed.array();
    return random.nextInt(8) == 0
        ? Arrays.copyOf(result, random.nextInt(result.length) + 1)
        : result;
  }

  /** Headers are first; tables are first or last. */
  private static int place(int size, SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(Math.min(size, 128));
      case 1 -> random.nextInt(Math.min(size, 4096));
      case 2 -> size - 1 - random.nextInt(Math.min(size, 3072));
      default -> random.nextInt(size);
    };
  }

  private static long value(int size, SplittableRandom random) {
    return switch (random.nextInt(11)) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> -1;
      case 3 -> Long.MAX_VALUE;
      case 4 -> Long.MIN_VALUE;
      case 5 -> 0x7fffffff_7fffffffL;
      case 6 -> 0x80000000_80000000L;
      case 7 -> size;
      case 8 -> size - random.nextInt(1, 64);
      case 9 -> random.nextInt(size);
      default -> random.nextLong();
    };
  }

  private void visit(byte[] bytes, String description) {
    long start = System.nanoTime();
    Visit visit = Visit.of(MemorySegment.ofArray(bytes), description);
    long nanos = System.nanoTime() - start;
    if (nanos > slowestNanos && inputs > 1_000) {
      slowestNanos = nanos;
      slowest = description;
    }
    inputs++;
    answered += visit.isWhole() ? 1 : 0;
    rejected += visit.isWhole() ? 0 : 1;
    cut += visit.isCut() ? 1 : 0;
  }
}
