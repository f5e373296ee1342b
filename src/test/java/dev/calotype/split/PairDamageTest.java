package dev.calotype.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.RefusedException;
import dev.calotype.ji.Cause;
import dev.calotype.ji.CodeObject;
import dev.calotype.ji.Expectations;
import dev.calotype.ji.Tier;
import dev.calotype.ji.Validity;
import dev.calotype.testing.Bytes;
import dev.calotype.testing.Libraries;
import dev.calotype.testing.Libraries.Toolchain;
import dev.calotype.testing.Tools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Halves that are flipped, cut, lengthened and mixed: never fresh, never joined. */
class PairDamageTest {
  @TempDir Path folder;

  @Test
  void everyFlippedByteOfACodeObjectIsDamage() throws IOException {
    Pair pair = Pair.split(Toolchain.GNU_STRIPPED.link(folder), folder);
    byte[] whole = Files.readAllBytes(pair.code());
    int step = Tools.count(3, 1);
    for (int at = 0; at < whole.length; at += at < 4096 || at > whole.length - 8192 ? 1 : step) {
      Bytes.writeFlipped(pair.code(), whole, at, 1 << (at % 8));
      assertThat(pair.checkCode()).as("byte 0x%x", at).isInstanceOf(Validity.Damaged.class);
    }
  }

  @Test
  void everyPrefixOfACodeObjectIsDamage() throws IOException {
    Pair pair = Pair.split(Toolchain.GNU_STRIPPED.link(folder), folder);
    byte[] whole = Files.readAllBytes(pair.code());
    for (int length = 0; length < whole.length; length++) {
      Bytes.write(pair.code(), Arrays.copyOf(whole, length));
      for (Tier tier : Tier.values()) {
        try (Validity validity =
            CodeObject.check(pair.code(), Expectations.none().withTier(tier))) {
          assertThat(validity).as("%d bytes", length).isInstanceOf(Validity.Damaged.class);
        }
      }
    }
    Bytes.write(pair.code(), Arrays.copyOf(whole, whole.length + 1));
    assertThat(pair.checkCode()).isInstanceOf(Validity.Damaged.class);
  }

  @Test
  void damageInALargePairIsFoundAndLocated() throws IOException {
    Pair pair = Pair.split(Libraries.ofTheJdk("server/libjvm.so"), folder);
    byte[] code = Files.readAllBytes(pair.code());
    byte[] data = Files.readAllBytes(pair.data());
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < Tools.count(10, 300); i++) {
      int at = random.nextInt(64, code.length);
      Bytes.writeFlipped(pair.code(), code, at, 1);
      assertLocated(pair.checkCode(), at);
      at = random.nextInt(data.length);
      Bytes.writeFlipped(pair.data(), data, at, 0x40);
      assertLocated(pair.checkData(), at);
    }
  }

  @Test
  void damagedHalvesAreNotJoinedAndLeaveNothing() throws IOException {
    Pair pair = Pair.split(Toolchain.GNU.link(folder), folder);
    byte[] code = Files.readAllBytes(pair.code());
    byte[] data = Files.readAllBytes(pair.data());
    Path out = Files.createDirectory(folder.resolve("out"));
    // Where neither header tier looks, so that joining itself has to find it.
    Bytes.writeFlipped(pair.code(), code, 5000, 1);
    assertThatThrownBy(() -> pair.join(out.resolve("a")))
        .isInstanceOf(MalformedImageException.class);
    Bytes.write(pair.code(), code);
    for (int at : new int[] {4096, 50_000, data.length - 1}) {
      Bytes.writeFlipped(pair.data(), data, at, 1);
      assertThatThrownBy(() -> pair.join(out.resolve("a")))
          .isInstanceOf(MalformedImageException.class);
    }
    assertThat(out).isEmptyDirectory();
  }

  @Test
  void halvesOfTwoSplitsDoNotBelongTogether() throws IOException {
    Pair first = Pair.split(Toolchain.GNU.link(folder), folder);
    Pair second = Pair.split(Libraries.ofTheJdk("libjava.so"), folder);
    Pair mixed = new Pair(first.data(), second.code(), first.id());
    assertThat(mixed.checkCode())
        .isInstanceOfSatisfying(
            Validity.Stale.class,
            stale ->
                assertThat(stale.causes())
                    .containsExactly(
                        new Cause(Cause.Code.CODE_DATA_ID, first.id().hex(), second.id().hex())));
    assertThatThrownBy(() -> mixed.join(folder.resolve("joined")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(first.id().shortHex())
        .hasMessageContaining(second.id().shortHex());
    assertThat(folder.resolve("joined")).doesNotExist();
  }

  @Test
  void otherFilesAreNoCodeObjects() throws IOException {
    assertThat(verdict(Libraries.ofTheJdk("libnet.so"))).isInstanceOf(Validity.Foreign.class);
    assertThat(verdict(Files.writeString(folder.resolve("text"), "hello")))
        .isInstanceOf(Validity.Foreign.class);
    assertThat(verdict(folder.resolve("none"))).isInstanceOf(Validity.Absent.class);
    Pair pair = Pair.split(Toolchain.GNU.link(folder), folder);
    assertThat(verdict(pair.data())).isInstanceOf(Validity.Foreign.class);
  }

  @Test
  void aCodeObjectForAnotherTargetIsStale() throws IOException {
    Pair pair = Pair.split(Toolchain.GNU.link(folder), folder);
    try (Validity validity =
        CodeObject.check(pair.code(), Expectations.none().withTarget("riscv64-elf"))) {
      assertThat(((Validity.Stale) validity).causes())
          .containsExactly(new Cause(Cause.Code.TARGET, "riscv64-elf", "x86_64-elf"));
    }
  }

  @Test
  void liesUnderRightDigestsAreFoundAndNeverJoinedToAnythingElse() throws Exception {
    Path library = Toolchain.GNU_STRIPPED.link(folder);
    Pair pair = Pair.split(library, folder);
    byte[] whole = Files.readAllBytes(pair.code());
    int note =
        (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(whole.length - 24);
    long[] evil = {0, 1, 7, 4096, -1, Long.MAX_VALUE, Long.MIN_VALUE, whole.length};
    Path joined = folder.resolve("joined");
    int found = 0;
    for (int at = note + 16; at < Math.min(note + 900, whole.length - 40); at += 4) {
      boolean isDigest = at >= note + 56 && at < note + 120;
      for (int i = 0; i < evil.length && !isDigest; i++) {
        byte[] code = whole.clone();
        ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).putLong(at, evil[i]);
        reseal(code, note);
        Bytes.write(pair.code(), code);
        try {
          pair.join(joined);
          assertThat(joined).hasSameBinaryContentAs(library);
        } catch (MalformedImageException | RefusedException | ClassCastException e) {
          found++; // A cast fails where the header tier's verdict is not "fresh".
        }
        Files.deleteIfExists(joined);
        assertThat(pair.checkCode())
            .isInstanceOfAny(
                Validity.FreshCode.class,
                Validity.Damaged.class,
                Validity.Stale.class,
                Validity.Foreign.class);
      }
    }
    assertThat(found).isGreaterThan(500);
  }

  @Test
  void aRecipeForAnotherImageIsFoundByItsChecksum() throws Exception {
    Pair pair = Pair.split(Toolchain.GNU.link(folder), folder);
    byte[] code = Files.readAllBytes(pair.code());
    ByteBuffer bytes = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
    int note = (int) bytes.getLong(code.length - 24);
    int recipe = note + 272 + 16 + 32 * (int) bytes.getLong(note + 272);
    bytes.putInt(recipe + 8, bytes.getInt(recipe + 8) ^ 1);
    reseal(code, note);
    Bytes.write(pair.code(), code);
    assertThat(pair.checkCode()).isInstanceOf(Validity.FreshCode.class);
    assertThatThrownBy(() -> pair.join(folder.resolve("joined")))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("CRC");
    assertThat(folder.resolve("joined")).doesNotExist();
  }

  /** Makes the digest of the appendix and the checksum of the note right again. */
  private static void reseal(byte[] code, int note) throws NoSuchAlgorithmException {
    ByteBuffer bytes = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(code, note + 272, code.length - 32 - (note + 272));
    bytes.put(note + 88, digest.digest());
    CRC32C crc = new CRC32C();
    crc.update(code, note, 268);
    bytes.putInt(note + 268, (int) crc.getValue());
  }

  @Test
  void aCompilerThatNoNoteRecordsIsNotTheOneAskedFor() throws IOException {
    Pair pair = Pair.split(Toolchain.GNU.link(folder), folder);
    try (Validity validity =
        CodeObject.check(pair.code(), Expectations.none().withCompiler("cc 1"))) {
      assertThat(((Validity.Stale) validity).causes())
          .containsExactly(new Cause(Cause.Code.COMPILER, "cc 1", ""));
    }
  }

  @Test
  void anUnsealedNoteIsACauseOfItsOwn() throws IOException {
    Pair pair = Pair.split(Toolchain.GNU.link(folder), folder);
    byte[] code = Files.readAllBytes(pair.code());
    ByteBuffer bytes = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
    int note = (int) bytes.getLong(code.length - 24);
    bytes.putInt(note + 24, 0);
    CRC32C crc = new CRC32C();
    crc.update(code, note, 268);
    bytes.putInt(note + 268, (int) crc.getValue());
    Bytes.write(pair.code(), code);
    assertThat(((Validity.Stale) verdict(pair.code())).causes())
        .extracting(Cause::code)
        .containsExactly(Cause.Code.UNSEALED);
  }

  private static Validity verdict(Path file) throws IOException {
    try (Validity validity = CodeObject.check(file, Expectations.none())) {
      return validity;
    }
  }

  private static void assertLocated(Validity validity, int at) {
    assertThat(validity)
        .as("byte 0x%x", at)
        .isInstanceOfSatisfying(
            Validity.Damaged.class,
            damaged -> {
              if (damaged.structure().startsWith("section") || damaged.structure().equals("code")) {
                assertThat((long) at).isBetween(damaged.offset(), damaged.offset() + (1 << 20));
              }
            });
  }
}
