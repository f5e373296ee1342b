package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.MalformedImageException;
import dev.calotype.UnsupportedFormatException;
import dev.calotype.bytes.ByteWriter;
import dev.calotype.bytes.Sha256;
import dev.calotype.ji.DataId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Manifests: what is written is read, and nothing else is. */
class ManifestTest {
  private static final Key KEY = Key.of("cc").with("source", "main.c");
  private static final DataId ID = new DataId("12".repeat(32));
  private static final Member DATA =
      new Member("m.ji", Member.Kind.DATA, 0, 4096, new byte[32], Optional.of(ID));
  private static final Member CODE =
      new Member("m.so", Member.Kind.CODE, 3, 70_000, new byte[32], Optional.of(ID));
  private static final Member OTHER =
      new Member("a.txt", Member.Kind.OTHER, 0, 0, new byte[32], Optional.empty());

  private static byte[] bytes() {
    return Manifest.encode(KEY, true, List.of(DATA, CODE, OTHER), Optional.empty());
  }

  @Test
  void whatIsWrittenIsRead() {
    Manifest manifest = Manifest.decode(bytes(), "manifest");
    assertThat(manifest.key()).isEqualTo(KEY);
    assertThat(manifest.isFast()).isTrue();
    assertThat(manifest.members()).containsExactly(OTHER, DATA, CODE);
    assertThat(manifest.signature()).isEmpty();
    assertThat(manifest.member("m.so").orElseThrow().fileName()).isEqualTo("3~m.so");
    assertThat(bytes())
        .as("the order of members does not matter")
        .isEqualTo(Manifest.encode(KEY, true, List.of(CODE, OTHER, DATA), Optional.empty()));
  }

  @Test
  void theExampleOfThePageIsWhatIsWritten() throws IOException {
    Key key = Key.of("cc 1.0").with("opt", 2).with("source", "main.c");
    byte[] digest = new byte[Sha256.SIZE];
    Arrays.fill(digest, (byte) 0x22);
    Member data =
        new Member(
            "m.ji", Member.Kind.DATA, 0, 8192, digest, Optional.of(new DataId("11".repeat(32))));
    byte[] manifest = Manifest.encode(key, false, List.of(data), Optional.empty());
    StringBuilder page = new StringBuilder();
    for (String line : Files.readAllLines(Path.of("docs/store.md"))) {
      if (line.matches(" {4}00[0-9a-f]{2} ( [0-9a-f]{2}){5,16}( .*)?")) {
        page.append(line, 10, Math.min(line.length(), 57));
      }
    }
    assertThat(HexFormat.ofDelimiter(" ").formatHex(manifest))
        .isEqualTo(page.toString().replaceAll("(?<=[0-9a-f]{2})(?=[0-9a-f]{2})", " "));
    assertThat(Files.readString(Path.of("docs/store.md")))
        .contains(key.place().folder(Path.of("entries")).toString());
  }

  @Test
  void eachByteCounts() {
    byte[] bytes = bytes();
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 4;
      String where = "byte " + i;
      assertThatThrownBy(() -> Manifest.decode(flipped, "manifest"))
          .as(where)
          .isInstanceOf(MalformedImageException.class);
    }
  }

  @Test
  void eachPrefixIsDamaged() {
    byte[] bytes = bytes();
    for (int i = 0; i < bytes.length; i++) {
      byte[] prefix = Arrays.copyOf(bytes, i);
      assertThatThrownBy(() -> Manifest.decode(prefix, "manifest"))
          .isInstanceOf(MalformedImageException.class);
    }
  }

  /** With its digest made right, so that every other check is the one that answers. */
  @Test
  void aManifestThatSomebodyMadeUpIsReadOrDamagedButNothingElse() {
    byte[] bytes = bytes();
    List<String> read = new ArrayList<>();
    for (int i = 0; i < bytes.length - Sha256.SIZE; i++) {
      for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
        byte[] changed = bytes.clone();
        changed[i] = (byte) value;
        System.arraycopy(
            Sha256.of(changed, 0, changed.length - Sha256.SIZE),
            0,
            changed,
            changed.length - Sha256.SIZE,
            Sha256.SIZE);
        try {
          Manifest.decode(changed, "manifest");
          read.add(i + "");
        } catch (MalformedImageException | UnsupportedFormatException e) {
          // As it should be.
        }
      }
    }
    assertThat(read).isNotEmpty();
  }

  @Test
  void anotherMajorVersionIsAnotherFormatAndAMinorOneMayAdd() {
    byte[] major = bytes();
    major[8] = 2;
    seal(major);
    assertThatThrownBy(() -> Manifest.decode(major, "manifest"))
        .isInstanceOf(UnsupportedFormatException.class)
        .hasMessageContaining("format 2");
    byte[] longer = new byte[bytes().length + 8];
    System.arraycopy(bytes(), 0, longer, 0, bytes().length - Sha256.SIZE);
    new ByteWriter(longer).at(10).u16(1).u32(longer.length);
    seal(longer);
    assertThat(Manifest.decode(longer, "manifest").members()).hasSize(3);
  }

  @Test
  void aSignatureIsOfAllBeforeIt() throws GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] signed =
        Manifest.encode(
            KEY,
            false,
            List.of(DATA),
            Optional.of(new Signing(pair.getPrivate(), pair.getPublic())));
    Manifest.Signature signature = Manifest.decode(signed, "m").signature().orElseThrow();
    assertThat(Signing.isRight(signature, pair.getPublic())).isTrue();
    assertThat(Signing.isRight(signature, other.getPublic())).isFalse();
    for (int i = signed.length - 96; i < signed.length; i++) {
      byte[] flipped = signed.clone();
      flipped[i] ^= 1;
      Manifest.Signature bad = Manifest.decode(flipped, "m").signature().orElseThrow();
      assertThat(Signing.isRight(bad, pair.getPublic())).isFalse();
    }
  }

  private static void seal(byte[] manifest) {
    int body = manifest.length - Sha256.SIZE;
    System.arraycopy(Sha256.of(manifest, 0, body), 0, manifest, body, Sha256.SIZE);
  }
}
