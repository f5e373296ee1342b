package dev.calotype.stream;

import dev.calotype.MalformedImageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A stream of any bytes, read by a script of any steps: the input's first byte says how many of its
 * bytes are the script. What is read as a number, written again, is the same bytes, since a value
 * has one encoding.
 */
public final class StreamFuzzer {
  private final MemorySegment bytes;
  private final MetadataReader in;
  private final byte[] written = new byte[2 * Leb128.MOST_BYTES];

  /** The last number, which may be where to go. */
  private long number;

  private StreamFuzzer(byte[] stream) {
    bytes = MemorySegment.ofArray(stream);
    in = MetadataReader.of(bytes, "input");
  }

  /** Takes an input. */
  public static void take(byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    int script = Math.min(Byte.toUnsignedInt(bytes[0]), bytes.length - 1);
    byte[] stream = Arrays.copyOfRange(bytes, 1 + script, bytes.length);
    StreamFuzzer fuzzer = new StreamFuzzer(stream);
    for (int i = 1; i <= script; i++) {
      fuzzer.step(bytes[i]);
    }
    StreamFuzzer numbers = new StreamFuzzer(stream);
    for (int i = 0; i < 6; i++) {
      numbers.in.at(0);
      while (numbers.step(i)) {
        // Until something is malformed.
      }
    }
  }

  /** Returns whether something was read. */
  private boolean step(int step) {
    long start = in.position();
    try {
      read(step);
      return true;
    } catch (MalformedImageException e) {
      require(in.position() == start, "moved by a failed read");
      require(e.offset() >= 0 && e.offset() <= in.size(), "an error at %d".formatted(e.offset()));
      return false;
    }
  }

  private void read(int step) {
    long start = in.position();
    switch (step & 0x0f) {
      case 0 -> {
        number = Integer.toUnsignedLong(in.unsigned32());
        requireSame(start, Leb128.putUnsigned(written, 0, number));
      }
      case 1 -> {
        number = in.unsigned64();
        requireSame(start, Leb128.putUnsigned(written, 0, number));
      }
      case 2 -> {
        number = in.unsigned128();
        requireSame(start, Leb128.putUnsigned(written, 0, in.high(), number));
      }
      case 3 -> {
        number = in.signed32();
        requireSame(start, Leb128.putSigned(written, 0, number));
      }
      case 4 -> {
        number = in.signed64();
        requireSame(start, Leb128.putSigned(written, 0, number));
      }
      case 5 -> {
        number = in.signed128();
        requireSame(start, Leb128.putSigned(written, 0, in.high(), number));
      }
      case 6 -> number = in.fixed8();
      case 7 -> number = in.fixed16();
      case 8 -> number = in.fixed32();
      case 9 -> number = in.fixed64();
      case 10 -> number = in.fixed128();
      case 11 -> in.string();
      case 12 -> in.bytes(number);
      case 13 -> in.at(number);
      case 14 -> table(1 + (step >> 4 & 0x0f));
      default -> in.string(step >> 4 & 0x0f);
    }
  }

  private void table(int columns) {
    MetadataTable table = in.table(columns);
    long rows = Math.min(table.rows(), in.size());
    require(table.rows() <= in.size(), "more rows than bytes");
    for (long row = 0; row <= rows; row++) {
      number = table.get(row, columns - 1);
    }
    table.get(number);
  }

  private void requireSame(long start, int size) {
    byte[] read = bytes.asSlice(start, in.position() - start).toArray(ValueLayout.JAVA_BYTE);
    require(Arrays.equals(read, Arrays.copyOf(written, size)), "a second encoding");
  }

  private static void require(boolean right, String wrong) {
    if (!right) {
      throw new IllegalStateException(wrong);
    }
  }
}
