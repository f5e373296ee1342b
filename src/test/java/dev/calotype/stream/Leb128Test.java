package dev.calotype.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.MalformedImageException;
import dev.calotype.testing.Run;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers of every width, against arithmetic on big integers and against an assembler. */
class Leb128Test {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {32, 64, 128})
  void everyNumberIsReadAsItWasWrittenAndInAsFewBytesAsWillDo(int width) {
    for (boolean signed : new boolean[] {false, true}) {
      for (BigInteger number : numbers(width, signed)) {
        byte[] bytes = put(number, width, signed);
        assertThat(bytes).as("%s", number).hasSize(fewest(number, signed));
        assertThat(reference(bytes, width, signed)).contains(number);
        // At the very end of the stream, and with room for the word that reads eight bytes.
        for (int more : new int[] {0, 9}) {
          MetadataReader in = reader(Arrays.copyOf(bytes, bytes.length + more));
          assertThat(get(in, width, signed)).isEqualTo(number);
          assertThat(in.position()).isEqualTo(bytes.length);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 64, 128})
  void anyBytesAreTheNumberThatArithmeticSaysOrMalformed(int width) {
    SplittableRandom random = new SplittableRandom(width);
    int malformed = 0;
    int rounds = Tools.count(200_000, 20_000_000);
    for (int round = 0; round < rounds; round++) {
      byte[] bytes = likelyBytes(random);
      boolean signed = random.nextBoolean();
      Optional<BigInteger> expected = reference(bytes, width, signed);
      MetadataReader in = reader(bytes);
      try {
        BigInteger number = get(in, width, signed);
        assertThat(expected).as("%s", Arrays.toString(bytes)).contains(number);
        assertThat(in.position()).isEqualTo(length(bytes));
      } catch (MalformedImageException e) {
        assertThat(expected).as("%s: %s", Arrays.toString(bytes), e.getMessage()).isEmpty();
        assertThat(in.position()).isZero();
        malformed++;
      }
    }
    assertThat(malformed).isBetween(rounds / 10, rounds * 9 / 10);
  }

  @Test
  void anAssemblerWritesTheSameBytes() throws IOException {
    StringBuilder source = new StringBuilder();
    byte[] ours = new byte[1 << 16];
    int end = 0;
    for (BigInteger number : numbers(64, false)) {
      source.append(".uleb128 ").append(number).append('\n');
      end = Leb128.putUnsigned(ours, end, number.longValue());
    }
    for (BigInteger number : numbers(64, true)) {
      source.append(".sleb128 ").append(number).append('\n');
      end = Leb128.putSigned(ours, end, number.longValue());
    }
    Path assembly = folder.resolve("numbers.s");
    Path object = folder.resolve("numbers.o");
    Path data = folder.resolve("numbers");
    Files.writeString(assembly, ".data\n" + source);
    String clang = Tools.require("clang-19");
    Run.of(clang, "-c", "-o", object.toString(), assembly.toString()).succeeded();
    String objcopy = Tools.require("llvm-objcopy-19");
    Run.of(objcopy, "-O", "binary", "-j", ".data", object.toString(), data.toString()).succeeded();
    assertThat(Files.readAllBytes(data)).isEqualTo(Arrays.copyOf(ours, end));
  }

  /** Those around each power of two, the extremes, and random ones of each size. */
  private static Set<BigInteger> numbers(int width, boolean signed) {
    SplittableRandom random = new SplittableRandom(width);
    int bits = signed ? width - 1 : width;
    BigInteger end = BigInteger.ONE.shiftLeft(bits);
    Set<BigInteger> numbers = new LinkedHashSet<>();
    for (int bit = 0; bit <= bits; bit++) {
      BigInteger power = BigInteger.ONE.shiftLeft(bit);
      for (int off : new int[] {-2, -1, 0, 1}) {
        numbers.add(power.add(BigInteger.valueOf(off)));
      }
      for (int i = 0; i < 4; i++) {
        byte[] magnitude = new byte[bit / 8 + 1];
        random.nextBytes(magnitude);
        numbers.add(new BigInteger(1, magnitude).mod(power));
      }
    }
    for (BigInteger number : List.copyOf(numbers)) {
      numbers.add(number.negate());
    }
    numbers.removeIf(number ->
        number.compareTo(end) >= 0
            || (number.signum() < 0 && !signed)
            || number.compareTo(end.negate()) < 0);
    return numbers;
  }

  /** Up to 21 bytes that look like a number more often than random ones do. */
  private static byte[] likelyBytes(SplittableRandom random) {
    byte[] bytes = new byte[random.nextInt(22)];
    random.nextBytes(bytes);
    int continued = random.nextInt(22);
    for (int i = 0; i < bytes.length; i++) {
      if (random.nextInt(4) == 0) {
        bytes[i] = (byte) (random.nextBoolean() ? 0 : 0x7f);
      }
      bytes[i] = (byte) (i < continued ? bytes[i] | 0x80 : bytes[i] & 0x7f);
    }
    return bytes;
  }

  private static int length(byte[] bytes) {
    int length = 0;
    while (length < bytes.length && bytes[length] < 0) {
      length++;
    }
    return length + 1;
  }

  /** What the standard's own words make of the bytes, if they are well formed. */
  private static Optional<BigInteger> reference(byte[] bytes, int width, boolean signed) {
    int length = length(bytes);
    if (length > bytes.length) {
      return Optional.empty();
    }
    BigInteger number = BigInteger.ZERO;
    for (int i = 0; i < length; i++) {
      number = number.or(BigInteger.valueOf(bytes[i] & 0x7f).shiftLeft(7 * i));
    }
    if (signed && number.testBit(7 * length - 1)) {
      number = number.subtract(BigInteger.ONE.shiftLeft(7 * length));
    }
    int bits = signed ? number.bitLength() + 1 : number.bitLength();
    return bits <= width && length == fewest(number, signed)
        ? Optional.of(number)
        : Optional.empty();
  }

  private static int fewest(BigInteger number, boolean signed) {
    int bits = signed ? number.bitLength() + 1 : Math.max(1, number.bitLength());
    return (bits + 6) / 7;
  }

  private static byte[] put(BigInteger number, int width, boolean signed) {
    byte[] bytes = new byte[2 * Leb128.MOST_BYTES];
    long low = number.longValue();
    long high = number.shiftRight(64).longValue();
    int end;
    if (width == 128) {
      end =
          signed ? Leb128.putSigned(bytes, 0, high, low) : Leb128.putUnsigned(bytes, 0, high, low);
    } else {
      end = signed ? Leb128.putSigned(bytes, 0, low) : Leb128.putUnsigned(bytes, 0, low);
    }
    return Arrays.copyOf(bytes, end);
  }

  private static BigInteger get(MetadataReader in, int width, boolean signed) {
    return switch (width) {
      case 32 ->
          BigInteger.valueOf(signed ? in.signed32() : Integer.toUnsignedLong(in.unsigned32()));
      case 64 -> signed ? BigInteger.valueOf(in.signed64()) : unsigned(in.unsigned64());
      default -> {
        BigInteger low = unsigned(signed ? in.signed128() : in.unsigned128());
        BigInteger high = signed ? BigInteger.valueOf(in.high()) : unsigned(in.high());
        yield high.shiftLeft(64).or(low);
      }
    };
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }

  private static MetadataReader reader(byte[] bytes) {
    return MetadataReader.of(MemorySegment.ofArray(bytes), "numbers");
  }
}
