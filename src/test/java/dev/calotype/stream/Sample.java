package dev.calotype.stream;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * Metadata of any size, whose every value follows from the seed: definitions with numbers of every
 * kind, a table of their positions, which the last eight bytes lead to, and the first eight too.
 */
final class Sample {
  private static final int DEFINITIONS_A_TABLE = 10_000;

  private Sample() {}

  /** Writes {@code definitions} definitions; returns the position of the last table. */
  static long write(MetadataWriter out, int definitions, long seed) {
    long root = out.position();
    out.fixed64(0);
    long table = 0;
    for (int start = 0; start < definitions; start += DEFINITIONS_A_TABLE) {
      int end = Math.min(definitions, start + DEFINITIONS_A_TABLE);
      TableBuilder positions = new TableBuilder(2);
      positions.set(0, 1, table);
      for (int i = start; i < end; i++) {
        positions.set(1 + i - start, out.position());
        writeOne(out, new SplittableRandom(seed + i));
      }
      table = out.table(positions);
    }
    out.patch64(root, table);
    out.fixed64(table);
    return table;
  }

  /** Reads all of it back, from the last table to the first; returns how many there were. */
  static int read(MetadataReader in, int definitions, long seed) {
    long table = in.at(0).fixed64();
    require(in.at(in.size() - 8).fixed64() == table);
    int found = 0;
    int start = (definitions - 1) / DEFINITIONS_A_TABLE * DEFINITIONS_A_TABLE;
    while (table != 0) {
      MetadataTable positions = in.at(table).table(2);
      for (int row = 1; row < positions.rows(); row++) {
        readOne(in.at(positions.get(row)), new SplittableRandom(seed + start + row - 1));
        found++;
      }
      table = positions.get(0, 1);
      start -= DEFINITIONS_A_TABLE;
    }
    return found;
  }

  /** Reads whatever is there, as a compiler would: up to the first byte that can't be. */
  static void readAnything(MetadataReader in, int definitions) {
    long table = in.at(0).fixed64();
    MetadataTable positions = in.at(table).table(2);
    for (long row = 1; row < Math.min(positions.rows(), definitions + 1); row++) {
      in.at(positions.get(row));
      skipOne(in);
    }
    in.at(positions.get(0, 1));
    in.at(in.size() - 8).fixed64();
  }

  private static void writeOne(MetadataWriter out, SplittableRandom random) {
    out.string(text(random)).unsigned32(bits32(random)).unsigned64(bits64(random));
    out.unsigned128(bits64(random), bits64(random)).signed32(bits32(random));
    out.signed64(bits64(random)).signed128(bits64(random), bits64(random));
    out.fixed8(bits32(random)).fixed16(bits32(random)).fixed32(bits32(random));
    out.fixed64(bits64(random)).fixed128(bits64(random), bits64(random));
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    out.unsigned32(bytes.length).bytes(bytes);
  }

  private static void readOne(MetadataReader in, SplittableRandom random) {
    require(in.string().equals(text(random)));
    require(in.unsigned32() == bits32(random));
    require(in.unsigned64() == bits64(random));
    requireBoth(in, in.unsigned128(), random);
    require(in.signed32() == bits32(random));
    require(in.signed64() == bits64(random));
    requireBoth(in, in.signed128(), random);
    require(in.fixed8() == (bits32(random) & 0xff));
    require(in.fixed16() == (bits32(random) & 0xffff));
    require(in.fixed32() == bits32(random));
    require(in.fixed64() == bits64(random));
    requireBoth(in, in.fixed128(), random);
    byte[] bytes = new byte[random.nextInt(40)];
    random.nextBytes(bytes);
    MemorySegment found = in.bytes(Integer.toUnsignedLong(in.unsigned32()));
    require(MemorySegment.ofArray(bytes).mismatch(found) == -1);
  }

  private static void skipOne(MetadataReader in) {
    in.fork().string();
    in.stringBytes();
    in.unsigned32();
    in.unsigned64();
    in.unsigned128();
    in.signed32();
    in.signed64();
    in.signed128();
    in.bytes(1 + 2 + 4 + 8 + 16);
    in.bytes(Integer.toUnsignedLong(in.unsigned32())).toArray(ValueLayout.JAVA_BYTE);
  }

  private static void requireBoth(MetadataReader in, long low, SplittableRandom random) {
    require(in.high() == bits64(random));
    require(low == bits64(random));
  }

  /** AssertJ would cost more than the reading, and is not there in a JVM of its own. */
  private static void require(boolean condition) {
    if (!condition) {
      throw new AssertionError("read something else than was written");
    }
  }

  private static String text(SplittableRandom random) {
    String letters = "abcdefghijklmnopqrstuvwxyz_éß−語𝒳";
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(24);
    for (int i = 0; i < length; i++) {
      int letter =
          random.nextInt(random.nextInt(8) == 0 ? letters.codePointCount(0, letters.length()) : 27);
      text.appendCodePoint(letters.codePointAt(letters.offsetByCodePoints(0, letter)));
    }
    return text.toString();
  }

  private static int bits32(SplittableRandom random) {
    return random.nextInt() >> random.nextInt(32);
  }

  private static long bits64(SplittableRandom random) {
    return random.nextLong() >> random.nextInt(64);
  }
}
