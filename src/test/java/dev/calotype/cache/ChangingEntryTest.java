package dev.calotype.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An entry that somebody changes between two looks at it, again and again. */
class ChangingEntryTest {
  private static final String ALGORITHM = "Ed25519";

  @TempDir Path folder;

  @Test
  void anEntryThatChangesEachTimeIsAMissThatSaysSoAndStaysWhereItIs() throws Exception {
    KeyPair signer = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    StoreConfig config = StoreConfig.in(folder.resolve("s"));
    Entries.make(config.withSigning(signer.getPrivate(), signer.getPublic()), 1);
    Changing asked = new Changing(Entries.folder(config, 1), signer, Integer.MAX_VALUE);
    try (Store store = Store.open(config.withPublicKey(asked))) {
      assertThat(Entries.reason(store, 1)).isEqualTo(Miss.Reason.CHANGING);
      assertThat(asked.changes).isEqualTo(4);
    }
    assertThat(Entries.folder(config, 1)).isDirectory();
  }

  @Test
  void anEntryThatStopsChangingIsWhatItIsThen() throws Exception {
    KeyPair signer = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
    StoreConfig config = StoreConfig.in(folder.resolve("s"));
    Entries.make(config.withSigning(signer.getPrivate(), signer.getPublic()), 1);
    Changing asked = new Changing(Entries.folder(config, 1), signer, 2);
    try (Store store = Store.open(config.withPublicKey(asked))) {
      assertThat(Entries.reason(store, 1)).isEqualTo(Miss.Reason.SIGNATURE);
    }
  }

  /**
   * A key that nothing is signed with. Whoever asks what it is finds another manifest next time.
   */
  private static final class Changing implements PublicKey {
    @Serial private static final long serialVersionUID = 1L;

    private final transient Path manifest;
    private final transient Signing signing;
    private final transient byte[] encoded;
    private final int most;
    private int changes;

    Changing(Path entry, KeyPair signer, int most) throws GeneralSecurityException {
      this.manifest = entry.resolve(Manifest.NAME);
      this.signing = new Signing(signer.getPrivate(), signer.getPublic());
      this.encoded =
          KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair().getPublic().getEncoded();
      this.most = most;
    }

    @Override
    public byte[] getEncoded() {
      if (changes < most) {
        changes++;
        try {
          change();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return encoded;
    }

    private void change() throws IOException {
      Manifest now = Manifest.decode(Files.readAllBytes(manifest), "manifest");
      List<Member> members = now.members();
      Files.write(
          manifest, Manifest.encode(now.key(), !now.isFast(), members, Optional.of(signing)));
    }

    @Override
    public String getAlgorithm() {
      return ALGORITHM;
    }

    @Override
    public String getFormat() {
      return "X.509";
    }
  }
}
