package dev.calotype.ji;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small data file, cut and flipped everywhere: always an answer, and never "fresh". */
class DataFileFuzzTest {
  @TempDir Path folder;

  @Test
  void everyPrefixIsDamaged() throws IOException {
    byte[] whole = example();
    Path file = folder.resolve("cut.ji");
    for (int length = 0; length < whole.length; length++) {
      Bytes.write(file, Arrays.copyOf(whole, length));
      for (Tier tier : Tier.values()) {
        assertThat(DataFileTest.verdict(file, Expectations.none().withTier(tier)))
            .as("%d bytes, tier %s", length, tier)
            .isEqualTo("Damaged");
      }
    }
  }

  @Test
  void moreBytesThanWereWrittenAreDamage() throws IOException {
    byte[] whole = example();
    Path file = folder.resolve("long.ji");
    Bytes.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThat(DataFileTest.verdict(file, Expectations.none())).isEqualTo("Damaged");
  }

  @Test
  void everyFlippedByteIsDamage() throws IOException {
    byte[] whole = example();
    Path file = folder.resolve("flipped.ji");
    for (int at = 0; at < whole.length; at++) {
      Bytes.writeFlipped(file, whole, at, 1 << (at % 8));
      String verdict = DataFileTest.verdict(file, Expectations.none().withTier(Tier.FULL));
      assertThat(verdict).as("byte 0x%x", at).isEqualTo("Damaged");
      if (at < PageOne.SIZE) {
        assertThat(DataFileTest.verdict(file, Expectations.none()))
            .as("byte 0x%x, header tier", at)
            .isEqualTo("Damaged");
      }
    }
  }

  @Test
  void aTailThatContradictsItselfUnderRightDigestsIsDamageAndNeverAnException() throws Exception {
    byte[] whole = example();
    int tail = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(0x18);
    Path file = folder.resolve("lying.ji");
    SplittableRandom random = new SplittableRandom(4);
    int[] evil = {0, 1, 2, 16, -1, Integer.MAX_VALUE, Integer.MIN_VALUE};
    int damaged = 0;
    for (int at = tail; at + 4 <= whole.length; at += 4) {
      for (int value : evil) {
        byte[] changed = whole.clone();
        ByteBuffer bytes = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(at, random.nextBoolean() ? value : value + 64);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(changed, tail, changed.length - tail);
        bytes.put(0x50, digest.digest());
        DataFileTest.fixChecksum(changed);
        Bytes.write(file, changed);
        String verdict = DataFileTest.verdict(file, Expectations.none().withTier(Tier.FULL));
        assertThat(verdict).isIn("Damaged", "Fresh");
        damaged += verdict.equals("Damaged") ? 1 : 0;
      }
    }
    assertThat(damaged).isGreaterThan(150);
  }

  @Test
  void textsThatShareBytesAreRefusedSinceReadingThemWouldCostMoreThanTheFileHas()
      throws IOException {
    Path file = folder.resolve("shared.ji");
    DataFiles.write(file, DataFiles.origin());
    byte[] whole = Files.readAllBytes(file);
    ByteBuffer bytes = DataFiles.view(whole);
    int tail = DataFiles.tail(whole);
    int facts = tail + Tail.HEADER_SIZE + bytes.getInt(tail) * Tail.SECTION_SIZE;
    for (int i = 0; i < bytes.getInt(tail + 4); i++) {
      int fact = facts + i * Tail.FACT_SIZE;
      // A kind that no version has yet, with all the texts for a value.
      bytes.putInt(fact, 99).putInt(fact + 4, 0).putInt(fact + 8, 0);
      bytes.putInt(fact + 12, bytes.getInt(tail + 12));
    }
    DataFiles.fixDigests(whole);
    Bytes.write(file, whole);
    Expectations full = Expectations.none().withTier(Tier.FULL);
    try (Validity validity = DataFile.check(file, full)) {
      assertThat(validity)
          .isInstanceOfSatisfying(
              Validity.Damaged.class,
              damaged -> assertThat(damaged.reason()).contains("texts that share bytes"));
    }
  }

  private byte[] example() throws IOException {
    Path file = folder.resolve("example.ji");
    DataFileTest.write(
        file, WriteOptions.standard().withCompiler("example 1.0").withTarget("x86_64-elf"));
    return Files.readAllBytes(file);
  }
}
